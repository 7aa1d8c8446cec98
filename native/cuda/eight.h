// Eight neighbouring channels: what kernels that only move and change values load and store at once
// (16 bytes of bf16, twice 16 of float).
#pragma once

#include "core/model/model.h"
#include "native/cuda/simt.h"

namespace limpid::cuda {

struct alignas(16) Eight {
  float at[8];
};

__device__ inline Eight load_eight(const float* from) {
  return *reinterpret_cast<const Eight*>(from);
}
__device__ inline Eight load_eight(const Bf16* from) {
  const Chunk chunk = *reinterpret_cast<const Chunk*>(from);
  Eight values;
  for (int i = 0; i < 8; ++i) {
    values.at[i] =
        bits_to_float(i % 2 == 0 ? chunk.words[i / 2] << 16 : chunk.words[i / 2] & 0xFFFF0000u);
  }
  return values;
}

__device__ inline void store_eight(float* to, const Eight& values) {
  *reinterpret_cast<Eight*>(to) = values;
}
__device__ inline void store_eight(Bf16* to, const Eight& values) {
  Chunk chunk;
  for (int i = 0; i < 4; ++i) {
    chunk.words[i] = uint32_t(round_to_bf16(values.at[2 * i])) |
                     uint32_t(round_to_bf16(values.at[2 * i + 1])) << 16;
  }
  *reinterpret_cast<Chunk*>(to) = chunk;
}

// As the reference has them: compared so that what is not a number stays so.
__device__ inline float activate(Activation activation, float slope, float x) {
  switch (activation) {
    case Activation::relu: return x < 0 ? 0 : x;
    case Activation::leaky_relu: return x < 0 ? slope * x : x;
    case Activation::sigmoid: return 1 / (1 + expf(-x));
    case Activation::linear: break;
  }
  return x;
}

// The activation's derivative where its value is y.
__device__ inline float activation_slope(Activation activation, float slope, float y) {
  switch (activation) {
    case Activation::relu: return y <= 0 ? 0 : 1;
    case Activation::leaky_relu: return y <= 0 ? slope : 1;
    case Activation::sigmoid: return y * (1 - y);
    case Activation::linear: break;
  }
  return 1;
}

}  // namespace limpid::cuda
