// What tests of the CUDA engine's convolutions ask for: a convolution with its definition's
// results, and values there and back.
#pragma once

#include <vector>

#include "native/cuda/emulation/emulation.h"
#include "native/cuda/gather.h"
#include "native/cuda/packing.h"
#include "native/cuda/simt.h"
#include "tests/plain_convolution.h"

namespace limpid::cuda {

// To 8 bits, which every precision holds.
inline std::vector<float> exact(std::vector<float> values) {
  for (float& value : values) value = bits_to_float(uint32_t(round_to_bf16(value)) << 16);
  return values;
}

template <class T>
std::vector<float> floats_of(const DeviceMemory& memory, Shape shape, int n) {
  const size_t count = n * stored_values(shape);
  DeviceStream stream;
  const DeviceMemory wide(count * sizeof(float)), pictures(n * shape.count() * sizeof(float));
  widen(stream, count, memory.at<const T>(), wide.at<float>());
  take_pictures(stream, shape, n, wide.at<const float>(), pictures.at<float>());
  std::vector<float> values(n * shape.count());
  stream.download(values.data(), pictures.at<float>(), values.size() * sizeof(float));
  return values;
}

inline DeviceMemory uploaded(const std::vector<float>& values) {
  DeviceMemory memory(values.size() * sizeof(float));
  DeviceStream().upload(memory.at<float>(), values.data(), memory.bytes());
  return memory;
}

template <class T>
DeviceMemory stored(const std::vector<float>& pictures, Shape shape, int n) {
  DeviceStream stream;
  DeviceMemory memory(n * stored_values(shape) * sizeof(T));
  store_pictures(stream, shape, n, uploaded(pictures).at<const float>(), memory.at<T>());
  return memory;
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
