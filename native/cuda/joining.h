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
  float* wide_output = nullptr;  // of add_values: instead of it
};

template <class T>
void add_values(DeviceStream& stream, const JoiningRun<T>& run);
template <class T>
void concatenate(DeviceStream& stream, const JoiningRun<T>& run);

// The gradients by all inputs from that by the output, which stays as it is. An input may be joined
// more than once.
template <class T>
struct JoiningGradient {
  Shape shape;  // of the output
  int n = 1;
  int count = 0;                  // of inputs
  int channels[max_joined] = {};  // of each input
  Activation activation = Activation::linear;
  float slope = 0;
  const T* output = nullptr;  // not for linear
  const T* output_gradient = nullptr;
  T* input_gradients[max_joined] = {};  // null: not asked for
  bool adds[max_joined] = {};           // to what is there
};

template <class T>
void add_values_gradient(DeviceStream& stream, const JoiningGradient<T>& run);
template <class T>
void concatenate_gradient(DeviceStream& stream, const JoiningGradient<T>& run);

}  // namespace limpid::cuda
