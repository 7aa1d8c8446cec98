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

// A thread for each eight channels of each of a few pixels.
LaunchShape blocks_of(Shape shape, int n) {
  const int eights = stored_channels(shape.channels) / 8;
  const int across = (eights + most_eights - 1) / most_eights;
  const int wide = (eights + across - 1) / across;
  return {.grid = {unsigned(across), unsigned(channel_parts(shape)), unsigned(n)},
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

// Over the block's rows of threads: every n-th of them by each of as many threads as there are,
// then what these have. True for the threads that have a channel's sum, in `total`.
__device__ bool add_rows(const Eight& sums, float& total) {
  float* const all = reinterpret_cast<float*>(block_memory());
  const int mine = int(threadIdx.y * blockDim.x + threadIdx.x), rows = int(blockDim.y);
  const int channels = int(blockDim.x) * 8, groups = rows / 8;
  store_shared(reinterpret_cast<Eight*>(all) + mine, sums);
  __syncthreads();
  total = 0;
  const int channel = mine % channels, group = mine / channels;
  if (group < groups) {
    for (int row = group; row < rows; row += groups) {
      total += load_shared(&all[row * channels + channel]);
    }
    if (group > 0) store_shared(&all[group * channels + channel], total);
  }
  __syncthreads();
  for (int other = 1; group == 0 && other < groups; ++other) {
    total += load_shared(&all[other * channels + channel]);
  }
  return group == 0;
}

// Pixels whose loads a thread has under way together.
template <class T, class Output, bool pooled, bool bent>
constexpr int at_once = pooled || sizeof(T) > 2       ? 2
                        : bent && sizeof(Output) == 2 ? 4
                        : bent                        ? 2
                                                      : 8;

template <Precision precision, class Output, bool pooled, bool bent>
__global__ void __launch_bounds__(most_threads, least_blocks)
    activation_gradient(const __grid_constant__ ActivationGradientRun<precision> run,
                        const Output* output) {
  using Number = Value<precision>;
  constexpr int count = at_once<Number, Output, pooled, bent>;
  const int stored = stored_channels(run.shape.channels);
  const int channel = int(blockIdx.x * blockDim.x + threadIdx.x) * 8;
  const int pixels = run.shape.height * run.shape.width, rows = int(blockDim.y);
  const int first = int(int64_t(pixels) * blockIdx.y / gridDim.y);
  const int last = int(int64_t(pixels) * (blockIdx.y + 1) / gridDim.y);
  const size_t begin = size_t(blockIdx.z) * pixels * stored + channel;
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
  float total;
  const bool has_total = add_rows(sums, total);
  const int of_total = int(blockIdx.x * blockDim.x * 8 + threadIdx.y * blockDim.x + threadIdx.x);
  if (!has_total || of_total >= stored) return;
  run.partial[(size_t(blockIdx.z) * gridDim.y + blockIdx.y) * stored + of_total] = total;
}

template <Precision precision, class Output, bool pooled>
void launch_gradient(DeviceStream& stream, const ActivationGradientRun<precision>& run,
                     const Output* output) {
  launch(stream, "activation gradient", blocks_of(run.shape, run.n),
         run.activation == Activation::linear
             ? activation_gradient<precision, Output, pooled, false>
             : activation_gradient<precision, Output, pooled, true>,
         run, output);
}

template <Precision precision, class Output>
void launch_gradient(DeviceStream& stream, const ActivationGradientRun<precision>& run,
                     const Output* output) {
  if (run.winners) {
    launch_gradient<precision, Output, true>(stream, run, output);
  } else {
    launch_gradient<precision, Output, false>(stream, run, output);
  }
}

}  // namespace

// So many that 32 pictures fill a large GPU once, or, where each is large, several times; two loads
// or more for each thread.
int channel_parts(Shape shape) {
  const size_t eights = stored_values(shape) / 8;
  const size_t parts = std::max(
      {size_t(1), std::min(size_t(12), eights / 512), std::min(size_t(most_parts), eights / 8192)});
  return int(std::min(parts, size_t(shape.height) * shape.width));
}

size_t channel_partial_floats(Shape shape, int n) {
  return size_t(n) * channel_parts(shape) * stored_channels(shape.channels);
}

template <Precision precision>
void run_activation_gradient(DeviceStream& stream, const ActivationGradientRun<precision>& run) {
  if (run.wide_output) {
    launch_gradient(stream, run, run.wide_output);
  } else {
    launch_gradient(stream, run, run.output);
  }
}

template void run_activation_gradient(DeviceStream&, const ActivationGradientRun<Precision::fp32>&);
template void run_activation_gradient(DeviceStream&, const ActivationGradientRun<Precision::tf32>&);
template void run_activation_gradient(DeviceStream&, const ActivationGradientRun<Precision::bf16>&);

}  // namespace limpid::cuda
