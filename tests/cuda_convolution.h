// Convolutions for the CUDA engine's tests: shapes, values that bf16 holds, and their definition.
#pragma once

#include <vector>

#include "native/cuda/gather.h"
#include "native/cuda/packing.h"
#include "native/cuda/simt.h"
#include "tests/cuda_values.h"
#include "tests/plain_convolution.h"

namespace limpid::cuda {

// To 8 bits, which every precision holds.
inline std::vector<float> exact(std::vector<float> values) {
  for (float& value : values) value = bits_to_float(uint32_t(round_to_bf16(value)) << 16);
  return values;
}

// Two pictures, the second the first's negative, so that a picture's place is seen.
template <class T>
std::vector<T> with_negative(std::vector<T> values) {
  const size_t count = values.size();
  for (size_t i = 0; i < count; ++i) values.push_back(-values[i]);
  return values;
}

struct Trial {
  explicit Trial(const ConvolutionShape& s) : shape(s), plain(s) {
    plain.input = exact(plain.input);
    plain.kernel = exact(plain.kernel);
    plain.output_gradient = exact(plain.output_gradient);
    connection = {.coarse = s.transposed ? s.input : s.output,
                  .fine = s.transposed ? s.output : s.input,
                  .kernel = s.kernel,
                  .stride = s.stride,
                  .pad = s.pad};
    packing.out = s.output.channels, packing.in = s.input.channels, packing.k = s.kernel;
  }
  ConvolutionShape shape;
  PlainConvolution plain;
  Connection connection;
  KernelPacking packing;
};

}  // namespace limpid::cuda
