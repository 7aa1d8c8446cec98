// Weights for tests of what networks compute: initial_weights() has zeros in residual branches.
#pragma once

#include <cmath>

#include "core/model/state.h"
#include "tests/random_values.h"

namespace limpid {

// No kernel is zero, none alike.
inline State random_state(const Model& model) {
  State state;
  state.weights = zeros(model);
  for (size_t i = 0; i < state.weights.size(); ++i) {
    Tensor& tensor = state.weights[i];
    const bool positive = tensor.name.ends_with(".gamma") || tensor.name.ends_with(".variance");
    const double fan = double(tensor.data.size()) / tensor.shape[0];
    tensor.data = random_values(tensor.data.size(), uint32_t(100 + i));
    for (float& value : tensor.data) {
      value = positive ? 1 + value / 2 : value * float(std::sqrt(3 / (fan + 2)));
    }
  }
  return state;
}

}  // namespace limpid
