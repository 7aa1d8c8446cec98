// Activation's derivative, the gradient spread over pooling windows, partial sums over pixels. One
// pass: it is bound by memory. A block takes all channels of a few pixels at a time, if they are
// 256 at most: one stretch of memory.
#include "native/cuda/activation_gradient.h"

#include <algorithm>

#include "native/cuda/eight.h"

namespace limpid::cuda {
namespace {

constexpr int most_threads = 256, most_eights = 32;
constexpr int least_blocks = 3;  // that an SM has room for
constexpr int most_parts = 64;

// By the shape alone, so that sums have one order everywhere: 128 pixels or more for a block, or 64
// in small pictures, which else were too few blocks.
int parts_of(Shape shape) {
  const int pixels = shape.height * shape.width;
  return std::max({1, std::min(8, pixels / 64), std::min(most_parts, pixels / 128)});
}

// A thread for each eight channels of each of a few pixels.
LaunchShape blocks_of(Shape shape, int n) {
  const int eights = stored_channels(shape.channels) / 8;
  const int across = (eights + most_eights - 1) / most_eights;
  const int wide = (eights + across - 1) / across;
  return {.grid = {unsigned(across), unsigned(parts_of(shape)), unsigned(n)},
          .block = {unsigned(wide), unsigned(most_threads / wide)},
          .shared_bytes = most_threads * sizeof(Eight)};
}

template <Precision precision>
__device__ void unpool(const ActivationGradientRun<precision>& run, int pixel, int channel,
                       const Winners& winners, const Eight& gradient) {
  const int stored = stored_channels(run.shape.channels);
  const int y = pixel / run.shape.width, x = pixel % run.shape.width;
  const size_t picture = size_t(blockIdx.z) * 4 * run.shape.height * run.shape.width;
  for (int j = 0; j < 4; ++j) {
    Eight part;
    for (int i = 0; i < 8; ++i) part.at[i] = winners.at[i] == j ? gradient.at[i] : 0;
    const size_t to = picture + size_t(2 * y + j / 2) * 2 * run.shape.width + 2 * x + j % 2;
    store_eight(run.unpooled + to * stored + channel, part);
  }
}

// Over the block's rows of threads, halving them; the first row has it.
__device__ Eight add_rows(Eight sums) {
  Eight* const all = reinterpret_cast<Eight*>(block_memory());
  const unsigned mine = threadIdx.y * blockDim.x + threadIdx.x;
  store_shared(&all[mine], sums);
  for (unsigned rows = blockDim.y; rows > 1;) {
    const unsigned half = (rows + 1) / 2;
    __syncthreads();
    if (threadIdx.y + half < rows) {
      const Eight other = load_shared(&all[mine + half * blockDim.x]);
      for (int i = 0; i < 8; ++i) sums.at[i] += other.at[i];
      store_shared(&all[mine], sums);
    }
    rows = half;
  }
  return sums;
}

// Pixels whose loads a thread has under way together.
template <class Output, bool pooled>
constexpr int at_once = pooled || sizeof(Output) > 2 ? 2 : 4;

template <Precision precision, class Output, bool pooled>
__global__ void __launch_bounds__(most_threads, least_blocks)
    activation_gradient(const __grid_constant__ ActivationGradientRun<precision> run,
                        const Output* output) {
  using Number = Value<precision>;
  constexpr int count = at_once<Output, pooled>;
  const int stored = stored_channels(run.shape.channels);
  const int channel = int(blockIdx.x * blockDim.x + threadIdx.x) * 8;
  const int pixels = run.shape.height * run.shape.width, rows = int(blockDim.y);
  const int first = int(int64_t(pixels) * blockIdx.y / gridDim.y);
  const int last = int(int64_t(pixels) * (blockIdx.y + 1) / gridDim.y);
  const size_t begin = size_t(blockIdx.z) * pixels * stored + channel;
  const bool bent = run.activation != Activation::linear;
  Eight sums = {};
  for (int pixel = first + int(threadIdx.y); pixel < last; pixel += count * rows) {
    if (channel >= stored) break;
    StoredEight<Number> gradients[count] = {};
    StoredEight<Output> outputs[count] = {};
    Winners winners[count] = {};
    UNROLL for (int u = 0; u < count; ++u) {
      if (pixel + u * rows >= last) continue;
      const size_t at = begin + size_t(pixel + u * rows) * stored;
      gradients[u] = load_stored(run.gradient + at);
      if (bent) outputs[u] = load_stored(output + at);
      if (pooled) winners[u] = *reinterpret_cast<const Winners*>(run.winners + at);
    }
    UNROLL for (int u = 0; u < count; ++u) {
      if (pixel + u * rows >= last) continue;
      Eight gradient = values_of(gradients[u]);
      if (bent) pass_activation(run.activation, run.slope, values_of(outputs[u]), gradient);
      if (bent && !pooled) {
        store_eight(run.gradient + begin + size_t(pixel + u * rows) * stored, gradient);
      }
      if (pooled) unpool(run, pixel + u * rows, channel, winners[u], gradient);
      for (int i = 0; i < 8; ++i) sums.at[i] += gradient.at[i];
    }
  }
  if (!run.partial) return;
  sums = add_rows(sums);
  if (threadIdx.y > 0 || channel >= stored) return;
  store_eight(run.partial + (size_t(blockIdx.z) * gridDim.y + blockIdx.y) * stored + channel, sums);
}

constexpr unsigned sum_channels = 8, sum_lanes = 4, sum_pictures = 16;  // of a block

// A picture's parts are shared out to four threads; then one adds picture after picture.
__global__ void __launch_bounds__(sum_channels* sum_lanes* sum_pictures)
    add_sums(int channels, int n, int parts, const float* partial, float* sums) {
  float* const rows = reinterpret_cast<float*>(block_memory());
  const int stored = stored_channels(channels);
  const int channel = int(blockIdx.x * sum_channels + threadIdx.x);
  const bool adds = threadIdx.y == 0 && threadIdx.z == 0 && channel < channels;
  float total = adds ? sums[channel] : 0;
  for (int first = 0; first < n; first += int(sum_pictures)) {
    const int picture = first + int(threadIdx.z);
    float values[most_parts / sum_lanes] = {};
    UNROLL for (int i = 0; i < int(most_parts / sum_lanes); ++i) {
      const int part = i * int(sum_lanes) + int(threadIdx.y);
      if (picture >= n || part >= parts) continue;
      values[i] = partial[(size_t(picture) * parts + part) * stored + channel];
    }
    float sum = 0;
    UNROLL for (int i = 0; i < int(most_parts / sum_lanes); ++i) sum += values[i];
    __syncthreads();  // what the last round left is read
    store_shared(&rows[(threadIdx.z * sum_lanes + threadIdx.y) * sum_channels + threadIdx.x], sum);
    __syncthreads();
    if (!adds) continue;
    for (int p = 0; p < int(sum_pictures) && first + p < n; ++p) {
      const auto lane = [&](int i) {
        return load_shared(&rows[(p * int(sum_lanes) + i) * int(sum_channels) + int(threadIdx.x)]);
      };
      total += (lane(0) + lane(1)) + (lane(2) + lane(3));
    }
  }
  if (adds) sums[channel] = total;
}

template <Precision precision, class Output>
void launch_gradient(DeviceStream& stream, const ActivationGradientRun<precision>& run,
                     const Output* output) {
  launch(stream, "activation gradient", blocks_of(run.shape, run.n),
         run.winners ? activation_gradient<precision, Output, true>
                     : activation_gradient<precision, Output, false>,
         run, output);
}

}  // namespace

size_t channel_partial_floats(Shape shape, int n) {
  return size_t(n) * parts_of(shape) * stored_channels(shape.channels);
}

template <Precision precision>
void run_activation_gradient(DeviceStream& stream, const ActivationGradientRun<precision>& run) {
  if (run.wide_output) {
    launch_gradient(stream, run, run.wide_output);
  } else {
    launch_gradient(stream, run, run.output);
  }
}

void add_channel_sums(DeviceStream& stream, Shape shape, int n, const float* partial, float* sums) {
  constexpr unsigned threads = sum_channels * sum_lanes * sum_pictures;
  launch(stream, "channel sums",
         {.grid = {unsigned(stored_channels(shape.channels)) / sum_channels},
          .block = {sum_channels, sum_lanes, sum_pictures},
          .shared_bytes = threads * sizeof(float)},
         add_sums, shape.channels, n, parts_of(shape), partial, sums);
}

template void run_activation_gradient(DeviceStream&, const ActivationGradientRun<Precision::fp32>&);
template void run_activation_gradient(DeviceStream&, const ActivationGradientRun<Precision::tf32>&);
template void run_activation_gradient(DeviceStream&, const ActivationGradientRun<Precision::bf16>&);

}  // namespace limpid::cuda
