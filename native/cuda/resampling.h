// 2 x 2 max pooling and nearest upsampling as steps of their own, and their gradients. `shape` is
// that of the coarse side; the fine one has twice its height and width.
#pragma once

#include "core/image/batch.h"
#include "native/cuda/device.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

// winners: 0..3, row by row, the first of equals; null: not asked for.
template <class T>
void max_pool(DeviceStream& stream, Shape shape, int n, const T* fine, T* coarse, uint8_t* winners);
template <class T>
void upsample(DeviceStream& stream, Shape shape, int n, const T* coarse, T* fine);

// These write, or with `add` add to, the gradient by the step's input.
template <class T>
struct ResamplingGradient {
  Shape shape;
  int n = 1;
  const T* output_gradient = nullptr;
  T* input_gradient = nullptr;
  bool add = false;
};
template <class T>
void max_pool_gradient(DeviceStream& stream, const ResamplingGradient<T>& run,
                       const uint8_t* winners);
template <class T>
void upsample_gradient(DeviceStream& stream, const ResamplingGradient<T>& run);

}  // namespace limpid::cuda
