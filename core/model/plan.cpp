#include "core/model/plan.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace limpid {
namespace {

// Walks the model's layers and decides which of them become one step.
class Lowering {
 public:
  Lowering(const Model& model, Shape input, Purpose purpose)
      : model_(model),
        denoising_(purpose == Purpose::denoise),
        shapes_(output_shapes(model, input)),
        users_(model.layers.size()),
        value_(model.layers.size(), -1) {
    plan_.input = input;
    for (int i = 0; i < int(model.layers.size()); ++i) {
      if (is_gone(i)) continue;
      for (int j : inputs(i)) {
        if (j >= 0) users_[j].push_back(i);
      }
    }
  }

  Plan run() {
    for (int i = 0; i < int(model_.layers.size()); ++i) {
      if (is_gone(i) || value_[i] >= 0 || folds_into_next(i)) continue;
      add_step(i);
    }
    return std::move(plan_);
  }

 private:
  const Layer& layer(int i) const { return model_.layers[i]; }

  bool is_gone(int i) const { return denoising_ && layer(i).kind == LayerKind::dropout; }

  // The layers that feed layer i, past those that are gone.
  std::vector<int> inputs(int i) const {
    std::vector<int> from = inputs_of(model_, i);
    for (int& j : from) {
      while (j >= 0 && is_gone(j)) j = inputs_of(model_, j).front();
    }
    return from;
  }

  // The one layer that uses layer i's output, or -1.
  int only_user(int i) const { return users_[i].size() == 1 ? users_[i].front() : -1; }

  bool folds_into_next(int i) const {
    const int user = only_user(i);
    return layer(i).kind == LayerKind::upsample && user >= 0 &&
           layer(user).kind == LayerKind::conv && layer(user).stride == 1;
  }

  void add_step(int i) {
    const Layer& from = layer(i);
    Step step{.kind = from.kind,
              .layer = i,
              .kernel = from.kernel,
              .stride = from.stride,
              .activation = from.activation,
              .slope = from.slope,
              .rate = from.rate};
    std::vector<int> feeding = inputs(i);
    if (from.kind == LayerKind::conv && feeding[0] >= 0 && folds_into_next(feeding[0])) {
      feeding = inputs(feeding[0]);
      step.kind = LayerKind::transposed_conv;
      step.upsampled = true;
      step.kernel = from.kernel + 1;
      step.stride = 2;
    }
    if (has_kernel(step.kind)) step.pad = pad_before(step.kernel, step.stride);
    for (int j : feeding) step.inputs.push_back(j < 0 ? 0 : value_[j]);
    step.input = feeding[0] < 0 ? plan_.input : shapes_[feeding[0]];
    int last = i;
    if (has_kernel(step.kind)) last = merge_followers(step, i);
    step.output = shapes_[last];
    plan_.steps.push_back(step);
    value_[last] = int(plan_.steps.size());
  }

  // Takes in a batch normalization and a max pool that follow; returns the last layer taken.
  int merge_followers(Step& step, int i) {
    const int value = int(plan_.steps.size()) + 1;
    int next = only_user(i);
    if (denoising_ && next >= 0 && layer(next).kind == LayerKind::batch_norm &&
        step.activation == Activation::linear) {
      value_[i] = value;
      step.batch_norm = next;
      step.activation = layer(next).activation;
      step.slope = layer(next).slope;
      i = next;
      next = only_user(i);
    }
    if (next >= 0 && layer(next).kind == LayerKind::max_pool) {
      value_[i] = value;
      step.pooled = true;
      i = next;
    }
    return i;
  }

  const Model& model_;
  const bool denoising_;
  std::vector<Shape> shapes_;
  std::vector<std::vector<int>> users_;
  std::vector<int> value_;  // of each layer's output; -1 while it has none
  Plan plan_;
};

const std::vector<float>& tensor(const std::vector<Tensor>& weights, const std::string& name) {
  const auto found =
      std::find_if(weights.begin(), weights.end(), [&](const Tensor& t) { return t.name == name; });
  assert(found != weights.end());
  return found->data;
}

// Calls f(t, j) for each tap t of a k-tap row that goes into tap j of its folded row: tap
// t - r of an upsampled picture falls on folded taps 2 r - t and 2 r - t + 1.
template <class F>
void for_each_fold(int k, F f) {
  for (int t = 0; t < k; ++t) {
    f(t, k - 1 - t);
    f(t, k - t);
  }
}

}  // namespace

Plan lower(const Model& model, Shape input, Purpose purpose) {
  assert(input.channels == model.channels);
  assert(input.height % size_multiple(model) == 0 && input.width % size_multiple(model) == 0);
  return Lowering(model, input, purpose).run();
}

std::vector<float> fold_upsampled(std::span<const float> kernel, int out, int k, int in) {
  const int f = k + 1;
  std::vector<float> folded(size_t(out) * f * f * in, 0.0f);
  for (int o = 0; o < out; ++o) {
    for_each_fold(k, [&](int ty, int jy) {
      for_each_fold(k, [&](int tx, int jx) {
        const float* from = &kernel[((size_t(o) * k + ty) * k + tx) * in];
        float* to = &folded[((size_t(o) * f + jy) * f + jx) * in];
        for (int i = 0; i < in; ++i) to[i] += from[i];
      });
    });
  }
  return folded;
}

void add_unfolded(std::span<const float> folded, int out, int k, int in, std::span<float> kernel) {
  const int f = k + 1;
  for (int o = 0; o < out; ++o) {
    for_each_fold(k, [&](int ty, int jy) {
      for_each_fold(k, [&](int tx, int jx) {
        const float* from = &folded[((size_t(o) * f + jy) * f + jx) * in];
        float* to = &kernel[((size_t(o) * k + ty) * k + tx) * in];
        for (int i = 0; i < in; ++i) to[i] += from[i];
      });
    });
  }
}

std::vector<float> unfold_upsampled(std::span<const float> folded, int out, int k, int in) {
  std::vector<float> kernel(size_t(out) * k * k * in, 0.0f);
  add_unfolded(folded, out, k, in, kernel);
  return kernel;
}

StepWeights step_weights(const Model& model, const Step& step, const std::vector<Tensor>& weights) {
  const Layer& layer = model.layers[step.layer];
  StepWeights result{tensor(weights, layer.name + ".kernel"),
                     tensor(weights, layer.name + ".bias")};
  if (step.batch_norm >= 0) {
    const std::string name = model.layers[step.batch_norm].name;
    const auto& gamma = tensor(weights, name + ".gamma");
    const auto& beta = tensor(weights, name + ".beta");
    const auto& mean = tensor(weights, name + ".mean");
    const auto& variance = tensor(weights, name + ".variance");
    const size_t row = result.kernel.size() / result.bias.size();
    for (size_t o = 0; o < result.bias.size(); ++o) {
      const float scale = gamma[o] / std::sqrt(variance[o] + batch_norm_epsilon);
      for (size_t i = 0; i < row; ++i) result.kernel[o * row + i] *= scale;
      result.bias[o] = (result.bias[o] - mean[o]) * scale + beta[o];
    }
  }
  if (step.upsampled) {
    result.kernel =
        fold_upsampled(result.kernel, layer.channels, layer.kernel, step.input.channels);
  }
  return result;
}

}  // namespace limpid
