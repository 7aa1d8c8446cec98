#include "core/engine/network_state.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/model/presets.h"

namespace limpid {
namespace {

// One 1x1 convolution and a batch normalization: trained parameters, and two that are not.
Model small_model() {
  return {.name = "small",
          .channels = 1,
          .layers = {{.name = "a", .channels = 1, .kernel = 1},
                     {.name = "b", .kind = LayerKind::batch_norm}}};
}

void fill(std::vector<Tensor>& tensors, float value) {
  for (Tensor& tensor : tensors) std::fill(tensor.data.begin(), tensor.data.end(), value);
}

TEST(NetworkState, HoldsWhatTrainingAddsOnlyThen) {
  const State denoising = zero_state(classroom(), false);
  EXPECT_EQ(denoising.weights, zeros(classroom()));
  EXPECT_TRUE(denoising.gradients.empty() && denoising.first_moment.empty());
  const State training = zero_state(classroom(), true);
  EXPECT_EQ(training.gradients, zeros(classroom()));
  EXPECT_EQ(training.second_moment, zeros(classroom()));
  EXPECT_TRUE(training.average.empty());
}

TEST(NetworkState, WritesTheListsThatAreGiven) {
  const Model model = small_model();
  State held = zero_state(model, true);
  fill(held.gradients, 3);
  State given;
  given.weights = zeros(model);
  fill(given.weights, 2);
  write_state(held, given, model, true);
  EXPECT_EQ(held.weights, given.weights);
  EXPECT_EQ(held.gradients[0].data[0], 3);
}

TEST(NetworkState, PassesOverTrainingWithoutIt) {
  const Model model = small_model();
  State held = zero_state(model, false);
  write_state(held, zero_state(model, true), model, false);
  EXPECT_TRUE(held.gradients.empty());
}

TEST(NetworkState, AListThatDoesNotFitChangesNothing) {
  const Model model = small_model();
  State held = zero_state(model, true);
  State given = held;
  fill(given.weights, 2);
  given.second_moment[0].data.push_back(0);
  given.second_moment[0].shape[0] = 2;
  const State before = held;
  EXPECT_THROW(write_state(held, given, model, true), Error);
  EXPECT_EQ(held, before);
}

TEST(NetworkState, UpdatesWhatIsTrained) {
  const Model model = small_model();
  const std::vector<Parameter> all = parameters(model);
  State held = zero_state(model, true);
  fill(held.weights, 1);
  fill(held.gradients, 4);
  const UpdateStep step{.optimizer = Optimizer::sgd, .learning_rate = 0.25f, .average_decay = 0.5f};
  update_state(held, step, all);
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(held.weights[i].data[0], all[i].trained ? 0 : 1) << all[i].name;
    EXPECT_EQ(held.gradients[i].data[0], 0) << all[i].name;
    // Step 1 keeps 2 / 11 of the weight before it, 1, and adds the rest of the new one, 0.
    EXPECT_FLOAT_EQ(held.average[i].data[0], all[i].trained ? 2.0f / 11 : 1) << all[i].name;
  }
  EXPECT_FALSE(all.back().trained);
}

// All that are trained together, and no more than these.
TEST(NetworkState, ClipsTheGradientsOfAllTensorsTogether) {
  const Model model = small_model();
  const std::vector<Parameter> all = parameters(model);
  State held = zero_state(model, true);
  fill(held.gradients, 4);
  double count = 0;
  for (const Parameter& parameter : all) count += parameter.trained ? double(parameter.count()) : 0;
  update_state(held, {.optimizer = Optimizer::sgd, .learning_rate = 1, .clip_norm = 0.5f}, all);
  double squares = 0;
  for (const Tensor& tensor : held.weights) {
    for (const float weight : tensor.data) squares += double(weight) * weight;
  }
  EXPECT_NEAR(std::sqrt(squares), 0.5, 1e-6);
  EXPECT_NEAR(held.weights[0].data[0], -0.5 / std::sqrt(count), 1e-6);
}

}  // namespace
}  // namespace limpid
