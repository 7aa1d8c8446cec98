// The convolution that reads the picture: bf16, a kernel of 3 x 3 or 5 x 5, up to four source
// channels, whose gradient nobody asks for; or, without a pool, stride 2 and up to three. Few
// channels make shallow products: such a layer is bound by the memory that its output takes, so its
// kernels touch that once. Forward fuses bias, activation and a 2 x 2 max pool; backward makes the
// gradient before the pool and the activation in registers and never writes it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/model/model.h"
#include "native/cuda/device.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

struct FirstLayer {
  Shape input;       // up to four channels; sides even if pooled, and multiples of the stride
  int channels = 0;  // of the output
  int side = 3;      // of the kernel: 3 or 5
  int stride = 1;
  Activation activation = Activation::linear;
  float slope = 0;
  bool pooled = false;  // a 2 x 2 max pool follows the activation

  constexpr int height() const { return input.height / stride; }  // before the pool
  constexpr int width() const { return input.width / stride; }
  constexpr int pad() const { return (side - stride) / 2; }  // as pad_before()
};

// Of a pooling window, a byte for each channel: place_step times the place, 0..3 row by row, that
// the first of its largest values has; no_place where that is rectified, and passes no gradient.
constexpr uint8_t place_step = 16, no_place = 64;

// Whether backward reads the output: the places tell what is rectified.
inline bool keeps_output(const FirstLayer& layer) {
  return layer.activation != Activation::linear &&
         !(layer.pooled && layer.activation == Activation::relu);
}

// A picture's gradient is counted in 32 bits.
constexpr bool is_first_layer(const FirstLayer& layer) {
  const int64_t values = int64_t(layer.height()) * layer.width() / (layer.pooled ? 4 : 1) *
                         stored_channels(layer.channels);
  return values < (int64_t(1) << 32) && (layer.side == 3 || layer.side == 5) &&
         ((layer.stride == 1 && layer.input.channels <= 4) ||
          (layer.stride == 2 && layer.input.channels <= 3 && !layer.pooled));
}

struct FirstLayerRun {
  FirstLayer layer;
  int n = 1;
  const Bf16* source = nullptr;  // (n, height, width, 8)
  const Bf16* kernel = nullptr;  // (channels, taps, 8)
  const float* bias = nullptr;   // (channels)
  Bf16* destination = nullptr;   // after the pool
  uint8_t* places = nullptr;     // of the pool; null: not asked for
};

void run_first_layer(DeviceStream& stream, const FirstLayerRun& run);

struct FirstLayerGradientRun {
  FirstLayer layer;
  int n = 1;
  const Bf16* source = nullptr;
  const Bf16* output = nullptr;      // if keeps_output()
  const Bf16* gradient = nullptr;    // by the output
  const uint8_t* places = nullptr;   // if pooled
  float* partial = nullptr;          // first_layer_partial_floats()
  float* kernel_gradient = nullptr;  // (channels, side, side, input channels); added to, in an
  float* bias_gradient = nullptr;    // order that depends on the layer alone, as to this one
};

size_t first_layer_partial_floats(const FirstLayer& layer, int n);
void run_first_layer_gradient(DeviceStream& stream, const FirstLayerGradientRun& run);

}  // namespace limpid::cuda
