// The numbers of a network: named tensors in the order of parameters(model).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/model.h"

namespace limpid {

struct Tensor {
  std::string name;
  std::vector<int> shape;
  std::vector<float> data;

  bool operator==(const Tensor&) const = default;
};

// Every list is empty or has one tensor a parameter; moments and gradients of parameters that are
// not trained stay zero.
struct State {
  std::vector<Tensor> weights = {};
  std::vector<Tensor> gradients = {};      // summed since the last update
  std::vector<Tensor> first_moment = {};   // Adam's m; SGD's velocity
  std::vector<Tensor> second_moment = {};  // Adam's v
  std::vector<Tensor> average = {};        // exponential moving average of the weights

  bool operator==(const State&) const = default;
};

// True when all weights, moments and averages are finite numbers.
bool is_finite(const State& state);

// Those that denoise: the averages where they are kept, else the weights themselves.
const std::vector<Tensor>& model_weights(const State& state);

// One tensor of zeros for each parameter.
std::vector<Tensor> zeros(const Model& model);

// Weights to start from: kernels Glorot-uniform (Glorot & Bengio 2010: +-sqrt(6 / (fan_in +
// fan_out)), fans = kernel^2 x channels), biases, beta and mean 0, gamma and variance 1. A
// convolution without activation whose output is only added to what its branch began with starts at
// zero: so every residual block, and a U-net's way over the smaller sizes, begins as if it were not
// there (Zhang, Dauphin, Ma 2019, "Fixup initialization"; what it brings: assets/models/deep.md).
std::vector<Tensor> initial_weights(const Model& model, uint64_t seed);

// Throws Error naming the first tensor that is missing, unknown, there twice, out of order, or of
// another shape than the model's; `where` says whose tensors they are.
void check_tensors(const Model& model, const std::vector<Tensor>& tensors,
                   const std::string& where);

}  // namespace limpid
