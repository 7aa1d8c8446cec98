// Sums and concatenations with their activation: one thread for each stored value.
#include "native/cuda/joining.h"

#include <cassert>

#include "native/cuda/eight.h"

namespace limpid::cuda {
namespace {

template <class T>
__global__ void add_all(const __grid_constant__ JoiningRun<T> run, size_t count) {
  const size_t i = thread_number();
  if (i >= count) return;
  float sum = 0;
  for (int j = 0; j < run.count; ++j) sum += to_float(run.inputs[j][i]);
  const bool stored_only = int(i % stored_channels(run.shape.channels)) >= run.shape.channels;
  run.output[i] = from_float<T>(stored_only ? 0 : activate(run.activation, run.slope, sum));
}

template <class T>
__global__ void put_beside(const __grid_constant__ JoiningRun<T> run, size_t count) {
  const size_t i = thread_number();
  if (i >= count) return;
  const int stored = stored_channels(run.shape.channels);
  const size_t pixel = i / stored;
  int channel = int(i % stored), j = 0;
  while (j < run.count && channel >= run.channels[j]) channel -= run.channels[j++];
  if (j == run.count) {
    run.output[i] = from_float<T>(0);
    return;
  }
  const float value = to_float(run.inputs[j][pixel * stored_channels(run.channels[j]) + channel]);
  run.output[i] = from_float<T>(activate(run.activation, run.slope, value));
}

template <class T>
__global__ void take_slice(const __grid_constant__ SliceGradient<T> run) {
  const int stored = stored_channels(run.channels);
  const size_t i = thread_number();
  if (i >= run.pixels * stored) return;
  const int channel = int(i % stored);
  const size_t from = i / stored * stored_channels(run.output_channels) + run.first + channel;
  float value = channel < run.channels ? to_float(run.output_gradient[from]) : 0;
  if (run.add) value += to_float(run.input_gradient[i]);
  run.input_gradient[i] = from_float<T>(value);
}

template <class T>
size_t values_of(const JoiningRun<T>& run) {
  assert(run.count <= max_joined);
  return size_t(run.n) * run.shape.height * run.shape.width * stored_channels(run.shape.channels);
}

}  // namespace

template <class T>
void add_values(DeviceStream& stream, const JoiningRun<T>& run) {
  launch(stream, "addition", each(values_of(run)), add_all<T>, run, values_of(run));
}
template <class T>
void concatenate(DeviceStream& stream, const JoiningRun<T>& run) {
  launch(stream, "concatenation", each(values_of(run)), put_beside<T>, run, values_of(run));
}
template <class T>
void slice_gradient(DeviceStream& stream, const SliceGradient<T>& run) {
  launch(stream, "slice of a gradient", each(run.pixels * stored_channels(run.channels)),
         take_slice<T>, run);
}

template void add_values(DeviceStream&, const JoiningRun<float>&);
template void add_values(DeviceStream&, const JoiningRun<Bf16>&);
template void concatenate(DeviceStream&, const JoiningRun<float>&);
template void concatenate(DeviceStream&, const JoiningRun<Bf16>&);
template void slice_gradient(DeviceStream&, const SliceGradient<float>&);
template void slice_gradient(DeviceStream&, const SliceGradient<Bf16>&);

}  // namespace limpid::cuda
