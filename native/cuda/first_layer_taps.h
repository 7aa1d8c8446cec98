// What the depth of the first layer's products is made of.
#pragma once

#include "native/cuda/simt.h"

namespace limpid::cuda {

struct alignas(8) Four {  // channels of a pixel, or weights of a tap
  uint32_t words[2];
};

constexpr uint32_t bf16_one = 0x3F80;

// A float is a sum of three bf16: the first two, then the third.
__device__ inline Four split_in_bf16(float value) {
  uint32_t parts[3];
  UNROLL for (int i = 0; i < 3; ++i) {
    parts[i] = round_to_bf16(value);
    value -= bits_to_float(parts[i] << 16);
  }
  return {parts[0] | parts[1] << 16, parts[2]};
}

}  // namespace limpid::cuda
