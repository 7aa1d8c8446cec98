// Loss and its gradient in one pass; sums in double, in an order that depends on shape and number
// of the pictures alone.
#include "native/cuda/loss.h"

#include <algorithm>

#include "core/engine/value_loss.h"
#include "native/cuda/block_sum.h"
#include "native/cuda/eight.h"

namespace limpid::cuda {
namespace {

constexpr unsigned block = summing_threads;
constexpr int at_once = 2;  // pixels whose loads a thread has under way

__device__ ValueLoss value_loss(Loss kind, double restored, double clean) {
  switch (kind) {
    case Loss::mse:
    case Loss::psnr: return squared(restored, clean);
    case Loss::l1: return absolute(restored, clean);
    case Loss::bce: break;
  }
  return cross_entropy(restored, clean);
}

// The mean loss of a picture's values, from its parts.
__device__ double mean_loss(const double* partial, int parts) {
  double sum = 0;
  for (int i = 0; i < parts; ++i) sum += partial[i];
  return sum;
}

// A psnr's gradient needs the picture's whole loss before, so that it takes a pass of its own.
enum class Pass { loss, gradient, both };

// A thread has eight channels of a few pixels.
template <class T, Pass pass>
__global__ void __launch_bounds__(block) add_losses(const __grid_constant__ LossRun<T> run) {
  const int channels = run.shape.channels;
  const unsigned eights = unsigned(stored_channels(channels)) / 8;
  const size_t pixels = size_t(run.shape.height) * run.shape.width;
  const double share = 1 / (double(pixels) * channels);
  double slope_of_picture = 1;
  if constexpr (pass == Pass::gradient) {
    const double mse = mean_loss(run.partial + blockIdx.y * gridDim.x, int(gridDim.x));
    slope_of_picture = decibels_short_slope(mse);
  }
  const unsigned count = unsigned(pixels) * eights, step = gridDim.x * block;
  double sum = 0;
  for (unsigned i = blockIdx.x * block + threadIdx.x; i < count; i += at_once * step) {
    Eight restored[at_once] = {}, clean[at_once] = {};
    UNROLL for (int u = 0; u < at_once; ++u) {
      const unsigned j = i + unsigned(u) * step;
      if (j >= count) continue;
      restored[u] = load_eight(run.restored + (size_t(blockIdx.y) * count + j) * 8);
      const int channel = int(j % eights) * 8;
      const float* const from = run.clean + (blockIdx.y * pixels + j / eights) * channels + channel;
      for (int c = 0; c < 8; ++c) {
        if (channel + c < channels) clean[u].at[c] = from[c];
      }
    }
    UNROLL for (int u = 0; u < at_once; ++u) {
      const unsigned j = i + unsigned(u) * step;
      if (j >= count) continue;
      const int channel = int(j % eights) * 8;
      Eight gradient = {};
      for (int c = 0; c < 8; ++c) {
        if (channel + c >= channels) break;
        const ValueLoss value =
            value_loss(run.kind, double(restored[u].at[c]), double(clean[u].at[c]));
        sum += value.loss;
        gradient.at[c] = float(value.slope * (share * slope_of_picture));
      }
      if constexpr (pass == Pass::loss) continue;
      store_eight(run.gradient + (size_t(blockIdx.y) * count + j) * 8, gradient);
    }
  }
  if constexpr (pass == Pass::gradient) return;
  sum = block_sum(sum * share);
  if (threadIdx.x == 0) run.partial[blockIdx.y * gridDim.x + blockIdx.x] = sum;
}

__global__ void add_parts(const double* partial, int count, double* sums, const uint32_t* place) {
  double sum = 0;
  for (int i = int(threadIdx.x); i < count; i += block) sum += partial[i];
  sum = block_sum(sum);
  if (threadIdx.x == 0) sums[*place] = sum;
}

__global__ void add_psnrs(const double* partial, int parts, int pictures, double* sums,
                          const uint32_t* place) {
  double sum = 0;
  for (int i = int(threadIdx.x); i < pictures; i += block) {
    sum += decibels_short(mean_loss(partial + i * parts, parts));
  }
  sum = block_sum(sum);
  if (threadIdx.x == 0) sums[*place] = sum;
}

}  // namespace

int loss_parts(Shape shape) {
  return std::clamp(shape.height * shape.width * stored_channels(shape.channels) / 4096, 1, 64);
}

template <class T>
void run_loss(DeviceStream& stream, const LossRun<T>& run) {
  const int parts = loss_parts(run.shape);
  const LaunchShape all = {
      .grid = {unsigned(parts), unsigned(run.n)}, .block = {block}, .shared_bytes = summing_bytes};
  const LaunchShape one = {.block = {block}, .shared_bytes = summing_bytes};
  if (run.kind == Loss::psnr) {
    launch(stream, "loss", all, add_losses<T, Pass::loss>, run);
    launch(stream, "gradient of a loss", all, add_losses<T, Pass::gradient>, run);
    launch(stream, "sum of a loss", one, add_psnrs, run.partial, parts, run.n, run.sums,
           run.sum_place);
    return;
  }
  launch(stream, "loss", all, add_losses<T, Pass::both>, run);
  launch(stream, "sum of a loss", one, add_parts, run.partial, parts * run.n, run.sums,
         run.sum_place);
}

template void run_loss(DeviceStream&, const LossRun<float>&);
template void run_loss(DeviceStream&, const LossRun<Bf16>&);

}  // namespace limpid::cuda
