// The reference engine's gradients against central differences of its loss, for every kind of
// layer with every stride, kernel and activation it takes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/loss.h"
#include "core/engine/reference.h"
#include "core/noise/philox.h"

namespace limpid {
namespace {

struct Case {
  std::string name;
  Model model;
  Loss loss = Loss::mse;
  int height = 5;
  int width = 7;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

std::string to_string(Activation activation) {
  switch (activation) {
    case Activation::linear: return "linear";
    case Activation::relu: return "relu";
    case Activation::leaky_relu: return "leaky_relu";
    case Activation::sigmoid: return "sigmoid";
  }
  return "";
}

constexpr Activation all_activations[] = {Activation::linear, Activation::relu,
                                          Activation::leaky_relu, Activation::sigmoid};

// The layer between two 1 x 1 convolutions: the gradient by the first one's weights is the layer's
// gradient by its input. Where the layer shrinks or grows the picture, a neighbour undoes it.
Case around(Layer layer) {
  const bool several = layer.kind == LayerKind::add || layer.kind == LayerKind::concat;
  const bool shrinks =
      layer.stride == 2 && (layer.kind == LayerKind::conv || layer.kind == LayerKind::max_pool);
  const bool grows = layer.stride == 2 && !shrinks;
  Case result{.name = layer.name, .model = {layer.name, 3, {}}};
  std::vector<Layer>& layers = result.model.layers;
  layers.push_back({.name = "front", .channels = 4, .kernel = 1, .stride = grows ? 2 : 1});
  if (several) {
    layers.push_back({.name = "side", .channels = 4, .kernel = 1, .inputs = {"input"}});
    layer.inputs = {"front", "side", "front"};
  }
  layers.push_back(layer);
  if (shrinks) layers.push_back({.name = "grow", .kind = LayerKind::upsample, .stride = 2});
  layers.push_back({.name = "back", .channels = 3, .kernel = 1});
  if (shrinks || grows) result.height = 6, result.width = 10;
  return result;
}

std::vector<Case> make_cases() {
  std::vector<Case> cases;
  for (Activation activation : all_activations) {
    const std::string end = "_" + to_string(activation);
    for (int kernel : {1, 3, 5}) {
      for (int stride : {1, 2}) {
        cases.push_back(around(
            {.name = "conv_" + std::to_string(kernel) + "_stride_" + std::to_string(stride) + end,
             .channels = 5,
             .kernel = kernel,
             .stride = stride,
             .activation = activation}));
      }
    }
    for (int kernel : {2, 3, 4}) {
      cases.push_back(around({.name = "transposed_" + std::to_string(kernel) + end,
                              .kind = LayerKind::transposed_conv,
                              .channels = 5,
                              .kernel = kernel,
                              .stride = 2,
                              .activation = activation}));
    }
    for (const auto& [name, kind] : {std::pair{"add", LayerKind::add},
                                     {"concat", LayerKind::concat},
                                     {"batch_norm", LayerKind::batch_norm}}) {
      cases.push_back(around({.name = name + end, .kind = kind, .activation = activation}));
    }
  }
  cases.push_back(around({.name = "max_pool", .kind = LayerKind::max_pool, .stride = 2}));
  cases.push_back(around({.name = "upsample", .kind = LayerKind::upsample, .stride = 2}));
  cases.push_back(around({.name = "dropout", .kind = LayerKind::dropout, .rate = 0.25f}));
  for (Loss loss : {Loss::bce, Loss::l1, Loss::psnr}) {
    cases.push_back(around({.name = "loss_" + to_string(loss), .channels = 5}));
    cases.back().model.layers.back().activation = Activation::sigmoid;
    cases.back().loss = loss;
  }
  return cases;
}

// Multiples of 2^-12 in -0.5 .. 0.5, so that weights moved by the steps below are exact floats.
// Shifted by 1 where a positive value is needed.
std::vector<Tensor> exact_weights(const Model& model) {
  std::vector<Tensor> weights = zeros(model);
  for (size_t i = 0; i < weights.size(); ++i) {
    const Sequence sequence{.seed = 3, .stream = Stream::weights, .item = uint32_t(i)};
    const std::string& name = weights[i].name;
    const bool positive = name.ends_with(".variance");
    for (size_t j = 0; j < weights[i].data.size(); ++j) {
      weights[i].data[j] =
          (float(sequence.bits(uint32_t(j)) >> 20) - 2048) / 4096 + (positive ? 1 : 0);
    }
  }
  return weights;
}

std::vector<float> random_pictures(size_t count, uint32_t item) {
  const Sequence sequence{.seed = 3, .stream = Stream::noise, .item = item};
  std::vector<float> values(count);
  for (size_t j = 0; j < count; ++j) values[j] = uniform(sequence.bits(uint32_t(j)));
  return values;
}

class ReferenceGradients : public testing::TestWithParam<Case> {
 protected:
  static constexpr int pictures = 2;

  ReferenceGradients() {
    const Case& c = GetParam();
    check(c.model);
    shape_ = {c.height, c.width, c.model.channels};
    noisy_ = random_pictures(pictures * shape_.count(), 0);
    clean_ = random_pictures(pictures * shape_.count(), 1);
    network_ = make_reference_engine()->prepare(c.model, {.height = c.height,
                                                          .width = c.width,
                                                          .batch = pictures,
                                                          .training = true,
                                                          .loss = c.loss});
    state_.weights = exact_weights(c.model);
  }

  double loss() {
    network_->write(state_);
    return network_->accumulate({pictures, shape_, noisy_}, {pictures, shape_, clean_},
                                {.seed = 5, .epoch = 2, .picture = 9});
  }

  struct Quotient {
    double slope = 0;
    double bend = 0;  // the slope above less the slope below
  };
  Quotient difference_quotient(float& weight, float h) {
    const float start = weight;
    const double here = loss();
    weight = start + h;
    const double above = loss();
    weight = start - h;
    const double below = loss();
    weight = start;
    return {(above - below) / (2 * h), (above - 2 * here + below) / h};
  }

  Shape shape_;
  std::vector<float> noisy_, clean_;
  std::unique_ptr<Network> network_;
  State state_;
};

TEST_P(ReferenceGradients, AreTheSlopesOfTheLoss) {
  loss();
  const std::vector<Tensor> gradients = network_->read().gradients;
  int kinks = 0, compared = 0;
  for (size_t i = 0; i < gradients.size(); ++i) {
    const std::vector<float>& gradient = gradients[i].data;
    double largest = 1e-6;  // a bias before a batch_norm has no gradient but rounding
    for (float g : gradient) largest = std::max(largest, std::abs(double(g)));
    // The quotient's error is h^2 / 6 of the third derivative: 1e-5 of the largest gradient at
    // worst (batch_norm), 1e-7 elsewhere, where the gradient's rounding to float shows.
    const double tolerance = 1e-4 * largest;
    const bool trained = parameters(GetParam().model)[i].trained;
    for (size_t j = 0; j < gradient.size(); ++j) {
      float& weight = state_.weights[i].data[j];
      const Quotient wide = difference_quotient(weight, 0x1p-12f);
      const Quotient narrow = difference_quotient(weight, 0x1p-13f);
      // Where a relu, a maximum or |x| has its kink, two steps disagree: about the slope, or, with
      // the kink in their middle, about the bend, which otherwise goes with the step.
      const bool kink = std::abs(wide.slope - narrow.slope) > tolerance ||
                        std::abs(wide.bend - 2 * narrow.bend) > tolerance;
      kinks += kink;
      compared += !kink;
      if (kink) continue;
      EXPECT_NEAR(gradient[j], trained ? narrow.slope : 0, tolerance)
          << gradients[i].name << "[" << j << "]";
    }
  }
  EXPECT_LE(kinks, (kinks + compared) / 10);
}

INSTANTIATE_TEST_SUITE_P(Layers, ReferenceGradients, testing::ValuesIn(make_cases()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace limpid
