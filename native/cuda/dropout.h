// Dropout's masks, drawn on the GPU: core/engine/dropout.h bit for bit.
#pragma once

#include <cstdint>

#include "core/engine/engine.h"
#include "native/cuda/device.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

template <class T>
struct DropoutRun {
  Shape shape;
  int n = 1;
  float rate = 0;
  uint32_t position = 0;                 // dropout_position() of the layer
  const TrainingPlace* place = nullptr;  // in the GPU's memory, so that a graph can be replayed
  const T* from = nullptr;
  T* to = nullptr;
  bool add = false;  // to what is there
};

template <class T>
void drop(DeviceStream& stream, const DropoutRun<T>& run);

}  // namespace limpid::cuda
