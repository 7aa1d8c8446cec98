// Dropout, forward and backward alike: values times their factor, one thread for each stored value.
#include "native/cuda/dropout.h"

#include "core/engine/dropout.h"
#include "native/cuda/simt.h"

namespace limpid::cuda {
namespace {

template <class T>
__global__ void multiply_by_masks(const __grid_constant__ DropoutRun<T> run, size_t count) {
  const size_t i = thread_number();
  if (i >= count) return;
  const int stored = stored_channels(run.shape.channels), channel = int(i % stored);
  const size_t pixels = size_t(run.shape.height) * run.shape.width;
  const size_t pixel = i / stored;
  float value = 0;
  if (channel < run.shape.channels) {
    const Sequence sequence = dropout_sequence(*run.place, int(pixel / pixels));
    const uint32_t position =
        run.position + uint32_t(pixel % pixels * run.shape.channels + channel);
    value = to_float(run.from[i]) * dropout_factor(sequence.bits(position), run.rate);
  }
  if (run.add) value += to_float(run.to[i]);
  run.to[i] = from_float<T>(value);
}

}  // namespace

template <class T>
void drop(DeviceStream& stream, const DropoutRun<T>& run) {
  const size_t count =
      size_t(run.n) * run.shape.height * run.shape.width * stored_channels(run.shape.channels);
  launch(stream, "dropout", each(count), multiply_by_masks<T>, run, count);
}

template void drop(DeviceStream&, const DropoutRun<float>&);
template void drop(DeviceStream&, const DropoutRun<Bf16>&);

}  // namespace limpid::cuda
