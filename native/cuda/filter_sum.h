// The sum of what filter_gradient.h leaves.
#pragma once

#include "native/cuda/device.h"
#include "native/cuda/gather.h"

namespace limpid::cuda {

struct FilterSum {
  Connection connection;
  int n = 1;
  bool transposed = false;  // the fine side is the output
  bool upsampled = false;   // add as unfold_upsampled does
  const float* partial = nullptr;
  float* gradient = nullptr;  // (out, k, k, in) as in State; added to
};

// A picture's parts are added to each other, then picture after picture to the gradient.
void add_filter_gradient(DeviceStream& stream, const FilterSum& sum);

}  // namespace limpid::cuda
