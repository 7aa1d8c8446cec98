// Between how State and pictures have numbers and how kernels want them.
#pragma once

#include "core/image/batch.h"
#include "native/cuda/device.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

// What a batch normalization makes of the convolution before it; null: there is none. Channels of
// State's tensors.
struct Normalization {
  const float* gamma = nullptr;
  const float* beta = nullptr;
  const float* mean = nullptr;
  const float* variance = nullptr;
};

// The kernel and bias that a step runs with: see step_weights() in plan.h.
struct KernelPacking {
  const float* kernel = nullptr;  // (out, k, k, in), of State
  const float* bias = nullptr;
  int out = 0, in = 0;
  int k = 3;               // as State has it
  bool upsampled = false;  // packed as k + 1 x k + 1, folded
  Normalization norm = {};
};

size_t packed_values(const KernelPacking& packing);  // of pack_kernel
size_t packed_turned_values(const KernelPacking& packing);

// (out, taps, stored in).
template <class T>
void pack_kernel(DeviceStream& stream, const KernelPacking& packing, T* packed);
// For the gradient by input: (in, taps, stored out). Without a normalization.
template <class T>
void pack_turned_kernel(DeviceStream& stream, const KernelPacking& packing, T* packed);
void pack_bias(DeviceStream& stream, const KernelPacking& packing, float* packed);

// (n, height, width, channels) of floats to stored values, and back from stored floats.
template <class T>
void store_pictures(DeviceStream& stream, Shape shape, int n, const float* pictures, T* values);
void take_pictures(DeviceStream& stream, Shape shape, int n, const float* values, float* pictures);
template <class T>
void widen(DeviceStream& stream, size_t count, const T* values, float* wide);

}  // namespace limpid::cuda
