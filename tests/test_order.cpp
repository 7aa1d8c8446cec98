#include "core/ui/work/order.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/model/json.h"
#include "core/model/presets.h"
#include "tests/training_pictures.h"

namespace limpid {
namespace {

TrainingOrder order_of_tiny() {
  TrainingOrder order;
  order.model_json = to_json(tiny_model());
  order.settings.seed = 5;
  return order;
}

TEST(Order, OfAPresetOrAnArchitecture) {
  EXPECT_EQ(model_of({.channels = 1, .model_name = "classroom"}), classroom(1));
  EXPECT_EQ(model_of(order_of_tiny()), tiny_model());
  EXPECT_THROW(model_of({.model_name = "none"}), Error);
}

TEST(Order, SquaresAreWholePicturesOrCrops) {
  EXPECT_EQ(side_of({.size = 96}), 96);
  EXPECT_EQ(side_of({.size = 0, .settings = {.crop = 32}}), 32);
}

TEST(Order, BeginsWithNewWeightsOrWithALoadedModels) {
  const Model model = tiny_model();
  const Models loaded = {{4, {model, initial_weights(model, 77), {}}}};
  TrainingOrder order = order_of_tiny();
  EXPECT_EQ(first_weights(order, model, loaded), initial_weights(model, 5));
  order.begins_with = 4;
  EXPECT_EQ(first_weights(order, model, loaded), loaded.at(4).weights);
}

TEST(Order, ALoadedModelThatIsGoneOrAnotherIsRefused) {
  const Models loaded = {{4, {classroom(), initial_weights(classroom(), 1), {}}}};
  for (const int number : {4, 5}) {
    TrainingOrder order = order_of_tiny();
    order.begins_with = number;
    try {
      first_weights(order, tiny_model(), loaded);
      ADD_FAILURE() << number;
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(),
                   "the network that this training was to begin with is gone: choose another");
    }
  }
}

TEST(Order, OfARunIsWhatTheRunWasToldOf) {
  TrainingOrder order = order_of_tiny();
  order.paths = {"/pictures"};
  order.size = 0;
  order.settings.crop = 16;
  order.settings.noise.seed = order.settings.seed;
  order.split.seed = 9;
  order.engine = "cpu";
  RecordedRun run;
  run.settings = run_settings_of(order, tiny_model());
  run.model = tiny_model();
  EXPECT_EQ(order_of(run), order);
  EXPECT_EQ(run.settings.begins_with, "");
  order.begins_with = 3;
  order.model_name = "fast";
  EXPECT_EQ(run_settings_of(order, tiny_model()).begins_with, "fast");
}

TEST(Order, OfARunOfPairsAndTestsOfTheirOwnNamesTheirFolders) {
  TrainingOrder order = order_of_tiny();
  order.paths = {"/pictures"};
  order.noisy = "/noisy";
  order.tests = "/tests";
  order.settings.noise.seed = order.settings.seed;
  order.engine = "cpu";
  RecordedRun run;
  run.settings = run_settings_of(order, tiny_model());
  run.model = tiny_model();
  EXPECT_EQ(run.settings.noisy, "/noisy");
  EXPECT_EQ(run.settings.test_data, "/tests");
  EXPECT_TRUE(run.settings.training.noisy_pictures);
  check(run.settings.training);
  EXPECT_EQ(order_of(run), order);
  order.noisy.clear();  // what is chosen instead learns from added noise
  const TrainingSettings without = run_settings_of(order, tiny_model()).training;
  EXPECT_FALSE(without.noisy_pictures);
  EXPECT_GT(without.noise.strength, 0);
}

}  // namespace
}  // namespace limpid
