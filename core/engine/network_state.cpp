#include "core/engine/network_state.h"

#include <algorithm>

#include "core/engine/optimizer.h"

namespace limpid {
namespace {

struct StateList {
  std::vector<Tensor> State::*tensors;
  const char* name;
  bool training;
};

constexpr StateList state_lists[] = {{&State::weights, "weights", false},
                                     {&State::gradients, "gradients", true},
                                     {&State::first_moment, "first moments", true},
                                     {&State::second_moment, "second moments", true},
                                     {&State::average, "average", true}};

// The step with its gradients clipped: as part of their scale.
UpdateStep clipped(UpdateStep step, const State& held, const std::vector<Parameter>& parameters) {
  if (step.clip_norm == 0) return step;
  double squares = 0;
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (!parameters[i].trained) continue;
    for (const float gradient : held.gradients[i].data) squares += double(gradient) * gradient;
  }
  step.gradient_scale *= clip_factor(step, squares);
  return step;
}

}  // namespace

State zero_state(const Model& model, bool training) {
  State state;
  state.weights = zeros(model);
  if (training) state.gradients = state.first_moment = state.second_moment = state.weights;
  return state;
}

void write_state(State& held, const State& given, const Model& model, bool training) {
  for (const StateList& list : state_lists) {
    const std::vector<Tensor>& tensors = given.*list.tensors;
    if (!tensors.empty()) check_tensors(model, tensors, list.name);
  }
  for (const StateList& list : state_lists) {
    const std::vector<Tensor>& tensors = given.*list.tensors;
    if (tensors.empty() || (list.training && !training)) continue;
    held.*list.tensors = tensors;
  }
}

void update_state(State& held, const UpdateStep& step, const std::vector<Parameter>& parameters) {
  const bool averaging = step.average_decay > 0;
  if (averaging && held.average.empty()) {
    held.average = held.weights;
    for (Tensor& tensor : held.average) std::fill(tensor.data.begin(), tensor.data.end(), 0.0f);
  }
  const UpdateStep taken = clipped(step, held, parameters);
  for (size_t i = 0; i < parameters.size(); ++i) {
    std::vector<float>& weight = held.weights[i].data;
    std::vector<float>& gradient = held.gradients[i].data;
    if (parameters[i].trained) {
      apply(taken, {weight, gradient, held.first_moment[i].data, held.second_moment[i].data,
                    averaging ? std::span(held.average[i].data) : std::span<float>()});
    } else if (averaging) {
      held.average[i].data = weight;
    }
    std::fill(gradient.begin(), gradient.end(), 0.0f);
  }
}

}  // namespace limpid
