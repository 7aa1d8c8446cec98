#include "core/engine/activation.h"

#include <cmath>

namespace limpid {

void leaky_relu(ThreadPool& pool, float slope, std::span<float> values) {
  pool.run_parts(values.size(), [&](size_t first, size_t last) {
    for (size_t i = first; i < last; ++i) {
      values[i] = values[i] > 0 ? values[i] : slope * values[i];
    }
  });
}

void activate(ThreadPool& pool, Activation activation, float slope, std::span<float> values) {
  switch (activation) {
    case Activation::linear: return;
    case Activation::relu:
    case Activation::leaky_relu:
      return leaky_relu(pool, negative_factor(activation, slope), values);
    case Activation::sigmoid:
      return pool.run_parts(values.size(), [&](size_t first, size_t last) {
        for (size_t i = first; i < last; ++i) values[i] = 1 / (1 + std::exp(-values[i]));
      });
  }
}

void activation_gradient(ThreadPool& pool, Activation activation, float slope,
                         std::span<const float> outputs, std::span<float> gradients) {
  switch (activation) {
    case Activation::linear: return;
    case Activation::relu:
    case Activation::leaky_relu: {
      const float factor = negative_factor(activation, slope);
      return pool.run_parts(outputs.size(), [&](size_t first, size_t last) {
        for (size_t i = first; i < last; ++i) gradients[i] *= outputs[i] > 0 ? 1.0f : factor;
      });
    }
    case Activation::sigmoid:
      return pool.run_parts(outputs.size(), [&](size_t first, size_t last) {
        for (size_t i = first; i < last; ++i) gradients[i] *= outputs[i] * (1 - outputs[i]);
      });
  }
}

float negative_factor(Activation activation, float slope) {
  switch (activation) {
    case Activation::relu: return 0;
    case Activation::leaky_relu: return slope;
    case Activation::linear:
    case Activation::sigmoid: return 1;
  }
  return 1;
}

}  // namespace limpid
