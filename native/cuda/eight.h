// Eight neighbouring channels: what kernels that only move and change values load and store at once
// (16 bytes of bf16, twice 16 of float).
#pragma once

#include <type_traits>

#include "core/model/model.h"
#include "native/cuda/simt.h"

namespace limpid::cuda {

struct alignas(16) Eight {
  float at[8];
};

struct alignas(8) Winners {  // which of a pooling window's four pixels, of each channel
  uint8_t at[8];
};

struct alignas(16) Quad {  // what one load of floats moves
  float at[4];
};

// Eight values as they lie in memory: of bf16 half the registers, while loads are under way.
template <class T>
using StoredEight = std::conditional_t<std::is_same_v<T, Bf16>, Chunk, Eight>;

template <class T>
__device__ inline StoredEight<T> load_stored(const T* from) {
  return *reinterpret_cast<const StoredEight<T>*>(from);
}
__device__ inline Eight values_of(const Eight& stored) { return stored; }
__device__ inline Eight values_of(const Chunk& stored) {
  Eight values;
  for (int i = 0; i < 8; ++i) {
    values.at[i] =
        bits_to_float(i % 2 == 0 ? stored.words[i / 2] << 16 : stored.words[i / 2] & 0xFFFF0000u);
  }
  return values;
}
template <class T>
__device__ inline Eight load_eight(const T* from) {
  return values_of(load_stored(from));
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

// Stored, or added to what is there.
template <class T>
__device__ inline void put(T* to, bool add, Eight values) {
  if (add) {
    const Eight before = load_eight(to);
    for (int i = 0; i < 8; ++i) values.at[i] += before.at[i];
  }
  store_eight(to, values);
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

__device__ inline void activate(Activation activation, float slope, Eight& values) {
  if (activation == Activation::linear) return;
  for (float& value : values.at) value = activate(activation, slope, value);
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

// The gradient by what was activated from that by what came of it.
__device__ inline void pass_activation(Activation activation, float slope, const Eight& output,
                                       Eight& gradient) {
  if (activation == Activation::linear) return;
  if (activation == Activation::sigmoid) {
    for (int i = 0; i < 8; ++i) gradient.at[i] *= output.at[i] * (1 - output.at[i]);
    return;
  }
  const float below = activation == Activation::relu ? 0 : slope;
  for (int i = 0; i < 8; ++i) gradient.at[i] *= output.at[i] <= 0 ? below : 1;
}

}  // namespace limpid::cuda
