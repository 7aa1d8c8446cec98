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

template <Precision precision, class Output>
void launch_gradient(DeviceStream& stream, const ActivationGradientRun<precision>& run,
                     const Output* output) {
  launch(stream, "activation gradient", blocks_of(run.shape, run.n),
         run.winners ? activation_gradient<precision, Output, true>
                     : activation_gradient<precision, Output, false>,
         run, output);
}

}  // namespace

// 128 pixels or more for a block, or 64 in small pictures, which else were too few blocks.
int channel_parts(Shape shape) {
  const int pixels = shape.height * shape.width;
  return std::max({1, std::min(8, pixels / 64), std::min(most_parts, pixels / 128)});
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
