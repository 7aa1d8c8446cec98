// Samples, made on the GPU of pictures that it holds as bytes: what Batches::fill() makes on the
// CPU, bit for bit (before the noisy values are rounded to bf16).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/image/batch.h"
#include "core/image/raster.h"
#include "core/noise/sample.h"
#include "native/cuda/device.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

struct HeldPicture {
  const void* steps = nullptr;  // (height, width, channels), in the GPU's memory; null: not held
  int height = 0, width = 0, channels = 0;
  bool is_wide = false;  // steps of 16 bits, not of 8
};

// A data set's pictures in the GPU's memory; null ones are left out.
class HeldPictures {
 public:
  using Pictures = std::span<const Raster* const>;

  static size_t bytes(Pictures pictures);  // that they take
  HeldPictures() = default;                // none
  HeldPictures(DeviceStream& stream, Pictures pictures);

  size_t bytes() const { return memory_.bytes(); }
  const HeldPicture* table() const { return memory_.at<HeldPicture>(); }  // in the GPU's memory

 private:
  DeviceMemory memory_;  // the table, then the pictures
};

template <class T>
struct SampleRun {
  Shape shape;  // of 1 or 3 channels
  int n = 1;
  const HeldPicture* pictures = nullptr;
  const Sample* samples = nullptr;  // n, in the GPU's memory, so that a graph can be replayed
  float* clean = nullptr;           // (n, height, width, channels)
  T* noisy = nullptr;               // (n, height, width, stored)
};

template <class T>
void make_samples(DeviceStream& stream, const SampleRun<T>& run);

}  // namespace limpid::cuda
