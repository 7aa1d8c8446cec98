#include "core/engine/activation.h"

#include <algorithm>
#include <cmath>

namespace limpid {
namespace {

constexpr size_t chunk = 16384;   // values a task takes: 64 KiB

// Calls f(first, last) for chunks of 0 .. count.
template <class F>
void in_chunks(ThreadPool& pool, size_t count, const F& f) {
  pool.run((count + chunk - 1) / chunk,
           [&](size_t i) { f(i * chunk, std::min(count, (i + 1) * chunk)); });
}

}  // namespace

void leaky_relu(ThreadPool& pool, float slope, std::span<float> values) {
  in_chunks(pool, values.size(), [&](size_t first, size_t last) {
    for (size_t i = first; i < last; ++i) {
      values[i] = values[i] > 0 ? values[i] : slope * values[i];
    }
  });
}

void activate(ThreadPool& pool, Activation activation, float slope, std::span<float> values) {
  switch (activation) {
    case Activation::linear:
      return;
    case Activation::relu:
    case Activation::leaky_relu:
      return leaky_relu(pool, negative_factor(activation, slope), values);
    case Activation::sigmoid:
      return in_chunks(pool, values.size(), [&](size_t first, size_t last) {
        for (size_t i = first; i < last; ++i) values[i] = 1 / (1 + std::exp(-values[i]));
      });
  }
}

void activation_gradient(ThreadPool& pool, Activation activation, float slope,
                         std::span<const float> outputs, std::span<float> gradients) {
  switch (activation) {
    case Activation::linear:
      return;
    case Activation::relu:
    case Activation::leaky_relu: {
      const float factor = negative_factor(activation, slope);
      return in_chunks(pool, outputs.size(), [&](size_t first, size_t last) {
        for (size_t i = first; i < last; ++i) gradients[i] *= outputs[i] > 0 ? 1.0f : factor;
      });
    }
    case Activation::sigmoid:
      return in_chunks(pool, outputs.size(), [&](size_t first, size_t last) {
        for (size_t i = first; i < last; ++i) gradients[i] *= outputs[i] * (1 - outputs[i]);
      });
  }
}

float negative_factor(Activation activation, float slope) {
  switch (activation) {
    case Activation::relu:
      return 0;
    case Activation::leaky_relu:
      return slope;
    case Activation::linear:
    case Activation::sigmoid:
      return 1;
  }
  return 1;
}

}  // namespace limpid
