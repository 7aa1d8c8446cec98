// The losses of core/engine/loss.h and their gradients, on the GPU.
#pragma once

#include <cstdint>

#include "core/engine/engine.h"
#include "native/cuda/device.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

template <class T>
struct LossRun {
  Loss kind = Loss::mse;
  Shape shape;
  int n = 1;
  const float* restored = nullptr;  // (n, height, width, stored)
  const float* clean = nullptr;     // (n, height, width, channels)
  T* gradient = nullptr;            // by restored
  double* partial = nullptr;  // loss_parts(shape) for each picture; their sum is its mean loss
  double* sums = nullptr;     // at *sum_place: the sum of all
  const uint32_t* sum_place = nullptr;  // in the GPU's memory, so that a graph can be replayed
};

int loss_parts(Shape shape);

template <class T>
void run_loss(DeviceStream& stream, const LossRun<T>& run);

}  // namespace limpid::cuda
