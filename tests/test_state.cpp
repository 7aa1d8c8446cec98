#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/error.h"
#include "core/model/presets.h"
#include "core/model/state.h"

namespace limpid {
namespace {

const Model model = {"normed",
                     1,
                     {{.name = "wide", .channels = 40, .kernel = 5},
                      {.name = "norm", .kind = LayerKind::batch_norm},
                      {.name = "out", .channels = 1}}};

TEST(State, ZerosFollowTheParameters) {
  const std::vector<Tensor> tensors = zeros(model);
  const std::vector<Parameter> expected = parameters(model);
  ASSERT_EQ(tensors.size(), expected.size());
  for (size_t i = 0; i < tensors.size(); ++i) {
    EXPECT_EQ(tensors[i].name, expected[i].name);
    EXPECT_EQ(tensors[i].shape, expected[i].shape);
    EXPECT_EQ(tensors[i].data, std::vector<float>(expected[i].count(), 0.0f));
  }
  EXPECT_NO_THROW(check_tensors(model, tensors, "f"));
}

TEST(State, KernelsStartGlorotUniform) {
  const Tensor kernel = initial_weights(model, 1)[0];
  ASSERT_EQ(kernel.name, "wide.kernel");
  const double limit = std::sqrt(6.0 / (25 * 40 + 25 * 1));
  const auto [low, high] = std::minmax_element(kernel.data.begin(), kernel.data.end());
  EXPECT_LE(*high, limit);
  EXPECT_GE(*low, -limit);
  EXPECT_GT(*high, 0.98 * limit);  // of 1,000 draws
  EXPECT_LT(*low, -0.98 * limit);
  double sum = 0, square = 0;
  for (float value : kernel.data) sum += value, square += double(value) * value;
  EXPECT_NEAR(sum / 1000, 0, 4 * limit / std::sqrt(3 * 1000.0));
  EXPECT_NEAR(square / 1000, limit * limit / 3, 0.1 * limit * limit / 3);
}

// Else the branch gets no gradient, or is no branch: relu behind it, another user, nothing to add
// to.
TEST(State, BranchesThatAreOnlyAddedStartAtZero) {
  const auto conv_from = [](std::string name, std::string from, Activation activation) {
    return Layer{.name = std::move(name),
                 .channels = 3,
                 .activation = activation,
                 .inputs = {std::move(from)}};
  };
  const auto sum_of = [](std::string name, std::vector<std::string> inputs) {
    return Layer{.name = std::move(name), .kind = LayerKind::add, .inputs = std::move(inputs)};
  };
  constexpr Activation linear = Activation::linear, relu = Activation::relu;
  const Model branched = {"branched",
                          3,
                          {conv_from("a", "input", relu), conv_from("ends", "a", linear),
                           sum_of("sum", {"a", "ends"}),  //
                           conv_from("rectified", "sum", relu), sum_of("2", {"sum", "rectified"}),
                           conv_from("used", "2", linear), sum_of("3", {"used", "2"}),
                           conv_from("beside", "used", linear), sum_of("4", {"3", "beside"}),
                           conv_from("left", "4", linear), conv_from("right", "4", linear),
                           sum_of("5", {"left", "right"}), conv_from("noise", "5", linear),
                           sum_of("out", {"input", "noise"})}};
  for (const Tensor& tensor : initial_weights(branched, 1)) {
    if (!tensor.name.ends_with(".kernel")) continue;
    const bool zero = tensor.data == std::vector<float>(tensor.data.size());
    EXPECT_EQ(zero, tensor.name == "ends.kernel" || tensor.name == "noise.kernel") << tensor.name;
  }
}

// Each of its blocks, and the way over the smaller sizes; and with them the whole changes nothing.
TEST(State, ResidualNetworksBeginByChangingNothing) {
  int zero = 0;
  for (const Tensor& tensor : initial_weights(photo(), 1)) {
    if (!tensor.name.ends_with(".kernel")) continue;
    if (tensor.data != std::vector<float>(tensor.data.size())) continue;
    EXPECT_TRUE(tensor.name.ends_with("b.kernel") || tensor.name.starts_with("up") ||
                tensor.name == "noise.kernel")
        << tensor.name;
    ++zero;
  }
  EXPECT_EQ(zero, 8 + 2 + 1);
}

TEST(State, AllOtherTensorsStartAtZeroOrOne) {
  for (const Tensor& tensor : initial_weights(model, 1)) {
    if (tensor.name.ends_with(".kernel")) continue;
    const float start =
        tensor.name.ends_with(".gamma") || tensor.name.ends_with(".variance") ? 1.0f : 0.0f;
    EXPECT_EQ(tensor.data, std::vector<float>(tensor.data.size(), start)) << tensor.name;
  }
}

TEST(State, SeedAndTensorDecideTheWeights) {
  EXPECT_EQ(initial_weights(article(), 7), initial_weights(article(), 7));
  EXPECT_NE(initial_weights(article(), 7)[0].data, initial_weights(article(), 8)[0].data);
  const Model twins = {"twins", 1, {{.name = "a", .channels = 1}, {.name = "b", .channels = 1}}};
  const std::vector<Tensor> weights = initial_weights(twins, 7);
  EXPECT_NE(weights[0].data, weights[2].data);
}

TEST(State, TensorsThatAreNotTheModelsAreNamed) {
  struct Case {
    std::function<void(std::vector<Tensor>&)> alter;
    const char* message;
  };
  const std::vector<Case> cases = {
      {[](auto& t) { t.erase(t.begin() + 1); }, "f: tensor 'wide.bias' is missing"},
      {[](auto& t) { t[2].name = "norm.scale"; }, "f: tensor 'norm.gamma' is missing"},
      {[](auto& t) {
         t.push_back({"more.bias", {1}, {0}});
       },
       "f: tensor 'more.bias' belongs to no layer"},
      {[](auto& t) { t.push_back(t[0]); }, "f: tensor 'wide.kernel' comes twice"},
      {[](auto& t) {
         t[0].shape = {40, 5, 5};
       },
       "f: tensor 'wide.kernel' is 40 x 5 x 5, the model's is 40 x 5 x 5 x 1"},
      {[](auto& t) { std::swap(t[0], t[1]); },
       "f: tensor 'wide.bias' stands out of the layers' order"},
  };
  for (const Case& test : cases) {
    std::vector<Tensor> tensors = zeros(model);
    test.alter(tensors);
    try {
      check_tensors(model, tensors, "f");
      ADD_FAILURE() << "no error, expected: " << test.message;
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), test.message);
    }
  }
}

TEST(State, IsFiniteInAllItsLists) {
  const auto one = [](float value) { return std::vector<Tensor>{{"a.bias", {1}, {value}}}; };
  State state;
  state.weights = state.first_moment = state.second_moment = state.average = one(1);
  EXPECT_TRUE(is_finite(state));
  for (auto list :
       {&State::weights, &State::first_moment, &State::second_moment, &State::average}) {
    for (const float wrong : {std::nanf(""), HUGE_VALF, -HUGE_VALF}) {
      State broken = state;
      broken.*list = one(wrong);
      EXPECT_FALSE(is_finite(broken));
    }
  }
}

TEST(State, TheAveragesAreTheModelWhereTheyAreKept) {
  State state;
  state.weights = {{"a.bias", {1}, {1}}};
  EXPECT_EQ(&model_weights(state), &state.weights);
  state.average = {{"a.bias", {1}, {2}}};
  EXPECT_EQ(&model_weights(state), &state.average);
}

}  // namespace
}  // namespace limpid
