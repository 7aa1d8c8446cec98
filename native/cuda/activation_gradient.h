// Back through a step's end: its pool, its activation, its bias.
#pragma once

#include "core/model/model.h"
#include "native/cuda/device.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

template <Precision precision>
struct ActivationGradientRun {
  Shape shape;  // of the step's output
  int n = 1;
  Activation activation = Activation::linear;
  float slope = 0;
  const Value<precision>* output = nullptr;  // one of these two; not for linear
  const float* wide_output = nullptr;
  // By the output; becomes that by what was activated, unless there are winners.
  Value<precision>* gradient = nullptr;
  const uint8_t* winners = nullptr;  // of a 2 x 2 pool after the activation; null: none
  // With winners: the gradient before the pool, written whole.
  Value<precision>* unpooled = nullptr;
  float* partial = nullptr;  // channel_partial_floats(); null: no sums are asked for
};

int channel_parts(Shape shape);  // that a picture is cut into, by the shape alone
size_t channel_partial_floats(Shape shape, int n);  // of (picture, part, stored channel)

template <Precision precision>
void run_activation_gradient(DeviceStream& stream, const ActivationGradientRun<precision>& run);

}  // namespace limpid::cuda
