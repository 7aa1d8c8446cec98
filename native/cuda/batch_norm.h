// Batch normalization over all pictures of a call. Sums over pixels are in double, in an order that
// depends on the shape and the number of pictures alone.
#pragma once

#include "core/model/model.h"
#include "native/cuda/device.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

// All pointers are the GPU's. Lists have one number for each channel.
template <class T>
struct BatchNormRun {
  Shape shape;
  int n = 1;
  Activation activation = Activation::linear;
  float slope = 0;
  const float* gamma = nullptr;
  const float* beta = nullptr;
  float* mean = nullptr;  // the running statistics
  float* variance = nullptr;
  const T* input = nullptr;
  T* output = nullptr;
  // From forward to backward, while training: (2, channels), the batch's mean and deviation.
  double* kept = nullptr;
  double* partial = nullptr;  // batch_norm_partial_doubles()
  // backward
  const T* output_gradient = nullptr;  // already by what was activated
  T* input_gradient = nullptr;         // null: not asked for
  bool add = false;                    // to the input's gradient
  float* gamma_gradient = nullptr;     // added to
  float* beta_gradient = nullptr;
};

size_t batch_norm_partial_doubles(Shape shape, int n);

// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, activated.
template <class T>
void normalize(DeviceStream& stream, const BatchNormRun<T>& run);  // by the running statistics
// By the batch's own, which move the running ones.
template <class T>
void normalize_batch(DeviceStream& stream, const BatchNormRun<T>& run);
template <class T>
void normalize_gradient(DeviceStream& stream, const BatchNormRun<T>& run);

}  // namespace limpid::cuda
