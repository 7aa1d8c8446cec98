// Values added to, or put beside, each other, and the gradients of both.
#pragma once

#include "core/model/model.h"
#include "native/cuda/device.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

constexpr int max_joined = 64;  // model.h allows no more

template <class T>
struct JoiningRun {
  Shape shape;  // of the output
  int n = 1;
  int count = 0;  // of inputs
  const T* inputs[max_joined] = {};
  int channels[max_joined] = {};  // of each input
  Activation activation = Activation::linear;
  float slope = 0;
  T* output = nullptr;
};

template <class T>
void add_values(DeviceStream& stream, const JoiningRun<T>& run);
template <class T>
void concatenate(DeviceStream& stream, const JoiningRun<T>& run);

// The gradient by one input from that by the output: channels first .. first + channels - 1 of it.
template <class T>
struct SliceGradient {
  size_t pixels = 0;  // of all pictures
  int output_channels = 0;
  int first = 0, channels = 0;
  const T* output_gradient = nullptr;
  T* input_gradient = nullptr;
  bool add = false;  // to what is there
};
template <class T>
void slice_gradient(DeviceStream& stream, const SliceGradient<T>& run);

}  // namespace limpid::cuda
