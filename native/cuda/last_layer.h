// Convolutions to one or three channels, which most networks end with, and their gradients, in
// bf16. Tiles of many output channels would be empty; what counts is that the many channels of the
// other side pass once.
#pragma once

#include "core/model/model.h"
#include "native/cuda/device.h"
#include "native/cuda/gather.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

struct LastLayer {
  Shape input, output;
  int stride = 1;  // 1: a 3 x 3 convolution; 2: a transposed 4 x 4 one; padded by 1
};

// Whether the kernels of this file do that convolution.
bool is_last_layer(const Connection& connection, bool transposed);
LastLayer last_layer_of(const Connection& connection, bool transposed);

struct LastLayerRun {
  LastLayer layer;
  int n = 1;                     // pictures
  const Bf16* source = nullptr;  // (n, input height, width, stored)
  const Bf16* kernel = nullptr;  // (output channels, taps, stored input channels)
  const float* bias = nullptr;   // null: none
  Activation activation = Activation::linear;
  float slope = 0;
  Bf16* destination = nullptr;        // (n, output height, width, stored); one of these two
  float* wide_destination = nullptr;  // the same in float
};

void run_last_layer(DeviceStream& stream, const LastLayerRun& run);

struct LastLayerGradientRun {
  LastLayer layer;
  int n = 1;
  const Bf16* gradient = nullptr;  // by the output: (n, output height, width, stored)
  const Bf16* kernel = nullptr;    // (input channels, taps, stored output channels)
  Bf16* destination = nullptr;     // (n, input height, width, stored)
  bool add = false;                // to what is there; not with `input`
  // Where the input is given, `activation` made it: destination becomes the gradient by what was
  // activated, and the parts are its sums over pixels.
  const Bf16* input = nullptr;  // (n, input height, width, stored)
  Activation activation = Activation::linear;
  float slope = 0;
  float* partial = nullptr;  // (picture, part, stored channel); with `input`
};

// That a picture is cut into for its sums, by the layer alone.
int last_layer_gradient_parts(const LastLayer& layer);

void run_last_layer_gradient(DeviceStream& stream, const LastLayerGradientRun& run);

struct LastLayerFilterRun {
  LastLayer layer;  // of stride 2
  int n = 1;
  const Bf16* input = nullptr;     // (n, input height, width, stored)
  const Bf16* gradient = nullptr;  // by the output: (n, output height, width, stored)
  float* partial = nullptr;        // as run_filter_gradient fills it, but for what is past the
                                   // channels, which stays as it is
};

void run_last_layer_filter(DeviceStream& stream, const LastLayerFilterRun& run);

}  // namespace limpid::cuda
