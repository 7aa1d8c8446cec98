#include "core/model/state.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/error.h"
#include "core/noise/philox.h"

namespace limpid {
namespace {

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

void fill_glorot(Tensor& kernel, const Sequence& sequence) {
  const double area = double(kernel.shape[1]) * kernel.shape[2];
  const double fans = area * kernel.shape[0] + area * kernel.shape[3];
  const float limit = float(std::sqrt(6.0 / fans));
  for (size_t i = 0; i < kernel.data.size(); ++i) {
    kernel.data[i] = (2 * uniform(sequence.bits(uint32_t(i))) - 1) * limit;
  }
}

// The layers whose output is only added to what their branch began with. (Behind a relu zeros would
// stay zeros.)
std::vector<int> branch_ends(const Model& model) {
  const int count = int(model.layers.size());
  std::vector<std::vector<int>> inputs;
  std::vector<int> users(model.layers.size());
  for (int i = 0; i < count; ++i) {
    inputs.push_back(inputs_of(model, i));
    for (int input : inputs.back()) {
      if (input >= 0) ++users[size_t(input)];
    }
  }
  const auto comes_from = [&](int layer, int from) {
    if (from < 0) return true;  // the picture
    std::vector<bool> does(model.layers.size());
    does[size_t(from)] = true;
    for (int i = from + 1; i <= layer; ++i) {
      for (int input : inputs[size_t(i)]) {
        if (input >= 0 && does[size_t(input)]) does[size_t(i)] = true;
      }
    }
    return bool(does[size_t(layer)]);
  };
  std::vector<int> ends;
  for (int i = 0; i < count; ++i) {
    if (model.layers[size_t(i)].kind != LayerKind::add) continue;
    for (int end : inputs[size_t(i)]) {
      if (end < 0 || users[size_t(end)] > 1) continue;
      if (model.layers[size_t(end)].activation != Activation::linear) continue;
      const bool returns =
          std::any_of(inputs[size_t(i)].begin(), inputs[size_t(i)].end(),
                      [&](int other) { return other != end && comes_from(end, other); });
      if (returns) ends.push_back(end);
    }
  }
  return ends;
}

std::string text_of(const std::vector<int>& shape) {
  std::string text;
  for (int side : shape) text += (text.empty() ? "" : " x ") + std::to_string(side);
  return text;
}

}  // namespace

bool is_finite(const State& state) {
  for (const auto* tensors :
       {&state.weights, &state.first_moment, &state.second_moment, &state.average}) {
    for (const Tensor& tensor : *tensors) {
      if (!std::all_of(tensor.data.begin(), tensor.data.end(),
                       [](float value) { return std::isfinite(value); })) {
        return false;
      }
    }
  }
  return true;
}

const std::vector<Tensor>& model_weights(const State& state) {
  return state.average.empty() ? state.weights : state.average;
}

std::vector<Tensor> zeros(const Model& model) {
  std::vector<Tensor> tensors;
  for (const Parameter& parameter : parameters(model)) {
    tensors.push_back({parameter.name, parameter.shape, std::vector<float>(parameter.count())});
  }
  return tensors;
}

std::vector<Tensor> initial_weights(const Model& model, uint64_t seed) {
  std::vector<Tensor> weights = zeros(model);
  std::set<std::string> zero_kernels;
  for (int end : branch_ends(model)) {
    zero_kernels.insert(model.layers[size_t(end)].name + ".kernel");
  }
  for (size_t i = 0; i < weights.size(); ++i) {
    Tensor& tensor = weights[i];
    if (zero_kernels.contains(tensor.name)) continue;
    if (ends_with(tensor.name, ".kernel")) {
      fill_glorot(tensor, {.seed = seed, .stream = Stream::weights, .item = uint32_t(i)});
    } else if (ends_with(tensor.name, ".gamma") || ends_with(tensor.name, ".variance")) {
      tensor.data.assign(tensor.data.size(), 1.0f);
    }
  }
  return weights;
}

void check_tensors(const Model& model, const std::vector<Tensor>& tensors,
                   const std::string& where) {
  std::map<std::string, const Tensor*> by_name;
  for (const Tensor& tensor : tensors) {
    if (!by_name.emplace(tensor.name, &tensor).second) {
      throw Error(where + ": tensor '" + tensor.name + "' comes twice");
    }
  }
  const std::vector<Parameter> expected = parameters(model);
  for (const Parameter& parameter : expected) {
    const auto found = by_name.find(parameter.name);
    if (found == by_name.end()) {
      throw Error(where + ": tensor '" + parameter.name + "' is missing");
    }
    if (found->second->shape != parameter.shape) {
      throw Error(where + ": tensor '" + parameter.name + "' is " + text_of(found->second->shape) +
                  ", the model's is " + text_of(parameter.shape));
    }
    by_name.erase(found);
  }
  if (!by_name.empty()) {
    throw Error(where + ": tensor '" + by_name.begin()->first + "' belongs to no layer");
  }
  for (size_t i = 0; i < expected.size(); ++i) {
    if (tensors[i].name != expected[i].name) {
      throw Error(where + ": tensor '" + tensors[i].name + "' stands out of the layers' order");
    }
  }
}

}  // namespace limpid
