// How numbers lie in the GPU's memory.
//
// Values and their gradients are (n, height, width, stored): `stored` is the number of channels
// rounded up to 8, so that every pixel begins at a multiple of 16 bytes. What is past the channels
// is zero and stays zero.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/image/batch.h"

namespace limpid::cuda {

// fp32: exact, on CUDA cores. tf32: floats whose products have 11 bits. bf16: values and weights of
// 8 bits. All sum in float and keep the weights that they learn in float.
enum class Precision { fp32, tf32, bf16 };

struct Bf16 {
  uint16_t bits = 0;  // the upper half of a float's
};

template <Precision precision>
struct ValueOf {
  using type = float;
};
template <>
struct ValueOf<Precision::bf16> {
  using type = Bf16;
};
template <Precision precision>
using Value = typename ValueOf<precision>::type;

constexpr int stored_channels(int channels) { return (channels + 7) / 8 * 8; }

// Of one picture.
constexpr size_t stored_values(Shape shape) {
  return size_t(shape.height) * shape.width * stored_channels(shape.channels);
}

}  // namespace limpid::cuda
