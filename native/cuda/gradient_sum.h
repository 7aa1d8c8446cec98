// The sums of what filter_gradient.h and activation_gradient.h, or last_layer.h in its place, leave
// of a layer, as one launch. A picture's parts are added to each other, then picture after picture
// to the gradients.
#pragma once

#include "native/cuda/device.h"
#include "native/cuda/gather.h"

namespace limpid::cuda {

struct FilterSum {
  Connection connection;
  bool transposed = false;         // the fine side is the output
  bool upsampled = false;          // add as unfold_upsampled does
  const float* partial = nullptr;  // null: nothing is summed
  float* gradient = nullptr;       // (out, k, k, in) as in State; added to
};

struct ChannelSum {
  Shape shape;                     // of the layer's output
  int parts = 1;                   // of a picture
  const float* partial = nullptr;  // null: nothing is summed
  float* gradient = nullptr;       // (channels); added to
};

// Both of n pictures.
void add_gradients(DeviceStream& stream, int n, const FilterSum& filter,
                   const ChannelSum& channels);

}  // namespace limpid::cuda
