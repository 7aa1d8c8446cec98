// Loss and its gradient in one pass; sums in double, in an order that depends on shape and number
// of the pictures alone.
#include "native/cuda/loss.h"

#include <algorithm>

#include "native/cuda/simt.h"

namespace limpid::cuda {
namespace {

constexpr unsigned block = 256;
constexpr double bce_margin = 1e-7;  // core/engine/loss.cpp's

struct ValueLoss {
  double loss, slope;
};

__device__ ValueLoss value_loss(Loss kind, double restored, double clean) {
  const double difference = restored - clean;
  switch (kind) {
    case Loss::mse: return {difference * difference, 2 * difference};
    case Loss::l1: return {fabs(difference), double(difference > 0) - double(difference < 0)};
    case Loss::bce: break;
  }
  const double r = restored < bce_margin       ? bce_margin
                   : restored > 1 - bce_margin ? 1 - bce_margin
                                               : restored;
  return {-(clean * log(r) + (1 - clean) * log(1 - r)),
          r == restored ? difference / (r * (1 - r)) : 0};
}

// Of one value a thread; the first thread has it.
__device__ double block_sum(double sum) {
  double* const sums = reinterpret_cast<double*>(block_memory());
  store_shared(&sums[threadIdx.x], sum);
  for (unsigned half = block / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x >= half) continue;
    sum += load_shared(&sums[threadIdx.x + half]);
    store_shared(&sums[threadIdx.x], sum);
  }
  return sum;
}

template <class T>
__global__ void add_losses(const __grid_constant__ LossRun<T> run) {
  const int channels = run.shape.channels, stored = stored_channels(channels);
  const size_t pixels = size_t(run.shape.height) * run.shape.width;
  const double count = double(pixels) * channels;
  const size_t values = pixels * stored, step = size_t(gridDim.x) * block;
  double sum = 0;
  for (size_t i = size_t(blockIdx.x) * block + threadIdx.x; i < values; i += step) {
    const int channel = int(i % stored);
    const size_t at = blockIdx.y * values + i;
    ValueLoss value = {0, 0};
    if (channel < channels) {
      const size_t pixel = blockIdx.y * pixels + i / stored;
      value = value_loss(run.kind, double(run.restored[at]),
                         double(run.clean[pixel * channels + channel]));
    }
    sum += value.loss / count;
    run.gradient[at] = from_float<T>(float(value.slope / count));
  }
  sum = block_sum(sum);
  if (threadIdx.x == 0) run.partial[blockIdx.y * gridDim.x + blockIdx.x] = sum;
}

__global__ void add_parts(const double* partial, int count, double* sums, const uint32_t* place) {
  double sum = 0;
  for (int i = int(threadIdx.x); i < count; i += block) sum += partial[i];
  sum = block_sum(sum);
  if (threadIdx.x == 0) sums[*place] = sum;
}

}  // namespace

int loss_parts(Shape shape) {
  return std::clamp(shape.height * shape.width * stored_channels(shape.channels) / 4096, 1, 64);
}

template <class T>
void run_loss(DeviceStream& stream, const LossRun<T>& run) {
  launch(stream, "loss",
         {.grid = {unsigned(loss_parts(run.shape)), unsigned(run.n)},
          .block = {block},
          .shared_bytes = block * sizeof(double)},
         add_losses<T>, run);
  launch(stream, "sum of a loss", {.block = {block}, .shared_bytes = block * sizeof(double)},
         add_parts, run.partial, loss_parts(run.shape) * run.n, run.sums, run.sum_place);
}

template void run_loss(DeviceStream&, const LossRun<float>&);
template void run_loss(DeviceStream&, const LossRun<Bf16>&);

}  // namespace limpid::cuda
