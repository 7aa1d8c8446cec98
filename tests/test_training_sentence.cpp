#include "core/ui/work/training_sentence.h"

#include <gtest/gtest.h>

#include "core/train/settings.h"

namespace limpid {
namespace {

std::string told(const std::string& training) {
  return training_sentence(
      {.model = {"mine", 3, {}}, .weights = {}, .metadata = {{"training", training}}});
}

TEST(TrainingSentence, TellsNoiseAndEpochs) {
  TrainingSettings settings = {.epochs = 3, .noise = {.strength = 0.5f}};
  const std::string one = to_json(settings), later = R"({"of_a_later_limpid":1,)" + one.substr(1);
  EXPECT_EQ(told(one), "trained on gaussian noise of strength 0.5, 3 epochs");
  EXPECT_EQ(told(later), told(one));
  settings.noise.weakest = 0.1f;
  EXPECT_EQ(told(to_json(settings)), "trained on gaussian noise of strength 0.1 to 0.5, 3 epochs");
  settings.noise.camera_share = 0.5f;
  settings.epochs = 1;
  EXPECT_EQ(told(to_json(settings)),
            "trained on gaussian and camera noise of strength 0.1 to 0.5, 1 epoch");
}

TEST(TrainingSentence, TellsOfPairs) {
  const TrainingSettings settings = {.epochs = 2, .noise = {.strength = 0}, .noisy_pictures = true};
  EXPECT_EQ(told(to_json(settings)), "trained on pairs of clean and noisy pictures, 2 epochs");
}

TEST(TrainingSentence, SaysNothingOfWhatItDoesNotKnow) {
  EXPECT_EQ(told("of another program"), "");
  EXPECT_EQ(training_sentence({.model = {"mine", 3, {}}, .weights = {}, .metadata = {}}), "");
}

}  // namespace
}  // namespace limpid
