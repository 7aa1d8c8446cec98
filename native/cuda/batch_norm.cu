// Batch normalization: sums in double, cut into parts; then one thread for each channel or value.
#include "native/cuda/batch_norm.h"

#include <algorithm>

#include "native/cuda/eight.h"

namespace limpid::cuda {
namespace {

constexpr unsigned block_channels = 32, block_pixels = 8;  // a warp reads one pixel's channels

int parts_of(Shape shape, int n) {
  const int64_t pixels = int64_t(n) * shape.height * shape.width;
  return int(std::clamp(pixels / 64, int64_t(1), int64_t(256)));
}

enum class Term { value, square, gradient, gradient_along_normal };

template <class T, Term term>
__device__ double term_of(const BatchNormRun<T>& run, size_t at, int channel) {
  if constexpr (term == Term::value) return double(to_float(run.input[at]));
  if constexpr (term == Term::gradient) return double(to_float(run.output_gradient[at]));
  const double difference = double(to_float(run.input[at])) - run.kept[channel];
  if constexpr (term == Term::square) return difference * difference;
  return double(to_float(run.output_gradient[at])) * difference /
         run.kept[run.shape.channels + channel];
}

// partial: (2, parts, channels); `list` says which of the two.
template <class T, Term term>
__global__ void sum_pixels(const __grid_constant__ BatchNormRun<T> run, int list) {
  const int channels = run.shape.channels, stored = stored_channels(channels);
  const int channel = int(blockIdx.x * block_channels + threadIdx.x);
  const size_t pixels = size_t(run.n) * run.shape.height * run.shape.width;
  const size_t first = pixels * blockIdx.y / gridDim.y;
  const size_t last = pixels * (blockIdx.y + 1) / gridDim.y;
  double sum = 0;
  if (channel < channels) {
    for (size_t p = first + threadIdx.y; p < last; p += block_pixels) {
      sum += term_of<T, term>(run, p * stored + channel, channel);
    }
  }
  double* const rows = reinterpret_cast<double*>(block_memory());
  store_shared(&rows[threadIdx.y * block_channels + threadIdx.x], sum);
  __syncthreads();
  if (threadIdx.y != 0 || channel >= channels) return;
  for (unsigned row = 1; row < block_pixels; ++row) {
    sum += load_shared(&rows[row * block_channels + threadIdx.x]);
  }
  run.partial[(size_t(list) * gridDim.y + blockIdx.y) * channels + channel] = sum;
}

__device__ double total(const double* partial, int channels, int parts, int list, int channel) {
  double sum = 0;
  for (int part = 0; part < parts; ++part) {
    sum += partial[(size_t(list) * parts + part) * channels + channel];
  }
  return sum;
}

template <class T>
__global__ void keep_mean(const __grid_constant__ BatchNormRun<T> run, int parts, double count) {
  const int c = int(thread_number());
  if (c >= run.shape.channels) return;
  run.kept[c] = total(run.partial, run.shape.channels, parts, 0, c) / count;
}

template <class T>
__global__ void keep_deviation(const __grid_constant__ BatchNormRun<T> run, int parts,
                               double count) {
  const int c = int(thread_number()), channels = run.shape.channels;
  if (c >= channels) return;
  const double variance = total(run.partial, channels, parts, 0, c) / count;
  const double kept = double(batch_norm_momentum);
  run.kept[channels + c] = sqrt(variance + double(batch_norm_epsilon));
  run.mean[c] = float(kept * double(run.mean[c]) + (1 - kept) * run.kept[c]);
  run.variance[c] = float(kept * double(run.variance[c]) + (1 - kept) * variance);
}

template <class T>
__global__ void put_on_line(const __grid_constant__ BatchNormRun<T> run, size_t count) {
  const size_t i = thread_number();
  if (i >= count) return;
  const int channels = run.shape.channels, c = int(i % stored_channels(channels));
  float value = 0;
  if (c < channels) {
    const double mean = run.kept ? run.kept[c] : double(run.mean[c]);
    const double deviation = run.kept ? run.kept[channels + c]
                                      : sqrt(double(run.variance[c]) + double(batch_norm_epsilon));
    // In double: pixels may differ little, against their mean.
    const double normal = (double(to_float(run.input[i])) - mean) / deviation;
    value = activate(run.activation, run.slope,
                     float(double(run.gamma[c]) * normal + double(run.beta[c])));
  }
  run.output[i] = from_float<T>(value);
}

template <class T>
__global__ void add_gradients(const __grid_constant__ BatchNormRun<T> run, int parts) {
  const int c = int(thread_number()), channels = run.shape.channels;
  if (c >= channels) return;
  const double along_constant = total(run.partial, channels, parts, 0, c);
  const double along_normal = total(run.partial, channels, parts, 1, c);
  run.beta_gradient[c] += float(along_constant);
  run.gamma_gradient[c] += float(along_normal);
  run.partial[c] = along_constant;  // part 0 of its list, which this thread alone has read
  run.partial[size_t(parts) * channels + c] = along_normal;
}

// Mean and deviation depend on the input too, which takes the parts of the gradient along a
// constant and along the normalized input away.
template <class T>
__global__ void put_input_gradient(const __grid_constant__ BatchNormRun<T> run, int parts,
                                   double pixels, size_t count) {
  const size_t i = thread_number();
  if (i >= count) return;
  const int channels = run.shape.channels, c = int(i % stored_channels(channels));
  float value = 0;
  if (c < channels) {
    // In double: what is left of a sum over the pixels is zero but for rounding.
    const double deviation = run.kept[channels + c];
    const double constant = run.partial[c] / pixels;
    const double normal = run.partial[size_t(parts) * channels + c] / (pixels * deviation);
    const double difference = double(to_float(run.input[i])) - run.kept[c];
    const double gradient = double(to_float(run.output_gradient[i]));
    value = float(double(run.gamma[c]) / deviation * (gradient - constant - difference * normal));
  }
  if (run.add) value += to_float(run.input_gradient[i]);
  run.input_gradient[i] = from_float<T>(value);
}

template <class T, Term term>
void sum(DeviceStream& stream, const BatchNormRun<T>& run, int list) {
  const unsigned channels = unsigned(run.shape.channels);
  launch(stream, "batch norm sums",
         {.grid = {(channels + block_channels - 1) / block_channels,
                   unsigned(parts_of(run.shape, run.n))},
          .block = {block_channels, block_pixels},
          .shared_bytes = block_channels * block_pixels * sizeof(double)},
         sum_pixels<T, term>, run, list);
}

template <class T>
size_t values_of(const BatchNormRun<T>& run) {
  return size_t(run.n) * run.shape.height * run.shape.width * stored_channels(run.shape.channels);
}

template <class T>
double pixels_of(const BatchNormRun<T>& run) {
  return double(run.n) * run.shape.height * run.shape.width;
}

}  // namespace

size_t batch_norm_partial_doubles(Shape shape, int n) {
  return size_t(2) * parts_of(shape, n) * shape.channels;
}

template <class T>
void normalize(DeviceStream& stream, const BatchNormRun<T>& run) {
  launch(stream, "batch norm", each(values_of(run)), put_on_line<T>, run, values_of(run));
}

template <class T>
void normalize_batch(DeviceStream& stream, const BatchNormRun<T>& run) {
  const int parts = parts_of(run.shape, run.n);
  const LaunchShape channels = each(size_t(run.shape.channels));
  sum<T, Term::value>(stream, run, 0);
  launch(stream, "batch norm mean", channels, keep_mean<T>, run, parts, pixels_of(run));
  sum<T, Term::square>(stream, run, 0);
  launch(stream, "batch norm deviation", channels, keep_deviation<T>, run, parts, pixels_of(run));
  normalize(stream, run);
}

template <class T>
void normalize_gradient(DeviceStream& stream, const BatchNormRun<T>& run) {
  const int parts = parts_of(run.shape, run.n);
  sum<T, Term::gradient>(stream, run, 0);
  sum<T, Term::gradient_along_normal>(stream, run, 1);
  launch(stream, "batch norm gradients", each(size_t(run.shape.channels)), add_gradients<T>, run,
         parts);
  if (!run.input_gradient) return;
  launch(stream, "batch norm input gradient", each(values_of(run)), put_input_gradient<T>, run,
         parts, pixels_of(run), values_of(run));
}

template void normalize(DeviceStream&, const BatchNormRun<float>&);
template void normalize(DeviceStream&, const BatchNormRun<Bf16>&);
template void normalize_batch(DeviceStream&, const BatchNormRun<float>&);
template void normalize_batch(DeviceStream&, const BatchNormRun<Bf16>&);
template void normalize_gradient(DeviceStream&, const BatchNormRun<float>&);
template void normalize_gradient(DeviceStream&, const BatchNormRun<Bf16>&);

}  // namespace limpid::cuda
