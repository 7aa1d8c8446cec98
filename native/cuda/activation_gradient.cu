// Activation's derivative, the gradient spread over pooling windows, partial sums over pixels. One
// pass: it is bound by memory. A block takes 64 channels of 32 pixels at a time: rows of 128 bytes
// of bf16.
#include "native/cuda/activation_gradient.h"

#include <algorithm>

#include "native/cuda/eight.h"

namespace limpid::cuda {
namespace {

constexpr unsigned block_eights = 8, block_pixels = 32;
constexpr int block_channels = 8 * block_eights;

// By the shape alone, so that sums have one order everywhere; 256 pixels for a block, if it can be.
int parts_of(Shape shape) { return std::clamp(shape.height * shape.width / 256, 1, 64); }

template <Precision precision>
__device__ Eight load_output(const ActivationGradientRun<precision>& run, size_t at) {
  return run.wide_output ? load_eight(run.wide_output + at) : load_eight(run.output + at);
}

template <Precision precision>
__device__ void unpool(const ActivationGradientRun<precision>& run, size_t at, int pixel,
                       int channel, const Eight& gradient) {
  const int stored = stored_channels(run.shape.channels);
  const int y = pixel / run.shape.width, x = pixel % run.shape.width;
  const size_t picture = size_t(blockIdx.z) * 4 * run.shape.height * run.shape.width;
  for (int j = 0; j < 4; ++j) {
    Eight part;
    for (int i = 0; i < 8; ++i) part.at[i] = run.winners[at + i] == j ? gradient.at[i] : 0;
    const size_t to = picture + size_t(2 * y + j / 2) * 2 * run.shape.width + 2 * x + j % 2;
    store_eight(run.unpooled + to * stored + channel, part);
  }
}

template <Precision precision>
__global__ void activation_gradient(const __grid_constant__ ActivationGradientRun<precision> run) {
  const int stored = stored_channels(run.shape.channels);
  const int channel = (int(blockIdx.x) * int(block_eights) + int(threadIdx.x)) * 8;
  const int pixels = run.shape.height * run.shape.width;
  const int first = int(int64_t(pixels) * blockIdx.y / gridDim.y);
  const int last = int(int64_t(pixels) * (blockIdx.y + 1) / gridDim.y);
  Eight sums = {};
  for (int pixel = first + int(threadIdx.y); pixel < last; pixel += int(block_pixels)) {
    if (channel >= stored) break;
    const size_t at = (size_t(blockIdx.z) * pixels + pixel) * stored + channel;
    Eight gradient = load_eight(run.gradient + at);
    if (run.activation != Activation::linear) {
      const Eight output = load_output(run, at);
      for (int i = 0; i < 8; ++i) {
        gradient.at[i] *= activation_slope(run.activation, run.slope, output.at[i]);
      }
      store_eight(run.gradient + at, gradient);
    }
    if (run.winners) unpool(run, at, pixel, channel, gradient);
    for (int i = 0; i < 8; ++i) sums.at[i] += gradient.at[i];
  }
  if (!run.partial) return;
  float* const rows = reinterpret_cast<float*>(block_memory());
  for (int i = 0; i < 8; ++i) {
    store_shared(&rows[threadIdx.y * block_channels + threadIdx.x * 8 + unsigned(i)], sums.at[i]);
  }
  __syncthreads();
  const int mine = int(threadIdx.y * block_eights + threadIdx.x);
  const int of_all = int(blockIdx.x) * block_channels + mine;
  if (mine >= block_channels || of_all >= stored) return;
  float sum = 0;
  for (int row = 0; row < int(block_pixels); ++row) {
    sum += load_shared(&rows[row * block_channels + mine]);
  }
  run.partial[(size_t(blockIdx.z) * gridDim.y + blockIdx.y) * stored + of_all] = sum;
}

__global__ void add_sums(int channels, int n, int parts, const float* partial, float* sums) {
  const int channel = int(thread_number());
  if (channel >= channels) return;
  float total = sums[channel];
  for (int picture = 0; picture < n; ++picture) {
    float sum = 0;
    for (int part = 0; part < parts; ++part) {
      sum += partial[(size_t(picture) * parts + part) * stored_channels(channels) + channel];
    }
    total += sum;
  }
  sums[channel] = total;
}

}  // namespace

size_t channel_partial_floats(Shape shape, int n) {
  return size_t(n) * parts_of(shape) * stored_channels(shape.channels);
}

template <Precision precision>
void run_activation_gradient(DeviceStream& stream, const ActivationGradientRun<precision>& run) {
  const unsigned channels = unsigned(stored_channels(run.shape.channels));
  launch(stream, "activation gradient",
         {.grid = {(channels + block_channels - 1) / block_channels, unsigned(parts_of(run.shape)),
                   unsigned(run.n)},
          .block = {block_eights, block_pixels},
          .shared_bytes = block_pixels * block_channels * sizeof(float)},
         activation_gradient<precision>, run);
}

void add_channel_sums(DeviceStream& stream, Shape shape, int n, const float* partial, float* sums) {
  launch(stream, "channel sums", each(size_t(shape.channels)), add_sums, shape.channels, n,
         parts_of(shape), partial, sums);
}

template void run_activation_gradient(DeviceStream&, const ActivationGradientRun<Precision::fp32>&);
template void run_activation_gradient(DeviceStream&, const ActivationGradientRun<Precision::tf32>&);
template void run_activation_gradient(DeviceStream&, const ActivationGradientRun<Precision::bf16>&);

}  // namespace limpid::cuda
