// One step of the optimizer (core/engine/optimizer.h has the formulas) over all weights at once.
#pragma once

#include "core/engine/engine.h"
#include "native/cuda/device.h"

namespace limpid::cuda {

// Where the norm of the gradients is worked out.
struct Clipping {
  double squares[128];  // of parts of the gradients; add up to those of all
  float factor;         // clip_factor()
};

// Each list begins at a multiple of 16 bytes and has room up to a multiple of four numbers.
struct UpdateLists {
  size_t trained = 0;  // numbers that take a step; they come first
  size_t count = 0;    // of numbers in each list; the rest is not trained
  float* weight = nullptr;
  float* gradient = nullptr;  // cleared
  float* first_moment = nullptr;
  float* second_moment = nullptr;
  float* average = nullptr;      // null: none is kept
  Clipping* clipping = nullptr;  // null: gradients are not clipped
};

// What of an UpdateStep the GPU needs, worked out in double as the CPU does.
struct UpdateFactors {
  Optimizer optimizer = Optimizer::adam;
  float rate = 0;    // Adam's with both corrections, SGD's with the gradient's scale
  float share1 = 0;  // 1 - beta1
  float share2 = 0;
  float momentum = 0;
  float scale = 1;  // of gradients
  float epsilon = 0;
  float decay = 0;  // of the average
  bool starts_average = false;
  float clip_norm = 0;
};
UpdateFactors update_factors(const UpdateStep& step);

// `factors` lie in the GPU's memory, so that a graph can be replayed.
void run_update(DeviceStream& stream, const UpdateLists& lists, const UpdateFactors* factors);

}  // namespace limpid::cuda
