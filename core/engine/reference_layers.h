// One layer of the reference engine, forward and backward.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/engine/engine.h"
#include "core/image/batch.h"
#include "core/model/model.h"

namespace limpid {

// What a layer hands to the next ones, and the loss's gradient by it.
struct LayerValue {
  int n = 0;
  Shape shape;
  std::vector<double> data;      // (n, height, width, channels)
  std::vector<double> gradient;  // the same; empty without training

  size_t pixels() const { return size_t(n) * shape.height * shape.width; }
  size_t count() const { return n * shape.count(); }
};

struct LayerTensor {
  std::vector<double> data;
  std::vector<double> gradient;  // empty without training
};

struct LayerRun {
  Layer layer;
  std::vector<LayerValue*> inputs;
  LayerValue* output = nullptr;
  std::span<LayerTensor> tensors;       // in the order of parameters_of(layer)
  std::vector<double> kernel_by_input;  // room for the kernel as (kernel, kernel, in, out)
  uint32_t dropout_position = 0;        // see dropout.h
};

struct Pass {
  bool training = false;
  TrainingPlace place;  // training only
};

// Fills the output. A training pass moves batch_norm's running mean and variance.
void forward(LayerRun& run, const Pass& pass);

// Adds to the gradients of inputs and tensors what the output's gradient, which is overwritten,
// makes of them. After a forward of the same training pass.
void backward(LayerRun& run, const Pass& pass);

}  // namespace limpid
