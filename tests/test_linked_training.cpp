#include "core/ui/linked_training.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/ui/proposal.h"

namespace limpid {
namespace {

class LinkedTrainingTest : public testing::Test {
 protected:
  LinkedTrainingTest() { order().paths = {"/pictures"}; }

  TrainingOrder& order() { return state_.training.order; }
  // Why it is refused, after which nothing may have changed; else empty.
  std::string refused(const std::vector<LinkField>& settings) {
    const TrainingOrder before = order();
    try {
      choose_settings(state_, settings);
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(order(), before);
      return error.what();
    }
  }

  UiState state_;
};

TEST_F(LinkedTrainingTest, ANetworkComesWithWhatIsProposed) {
  order().model_json = "{}";
  order().begins_with = 3;
  order().size = 0;
  order().settings.crop = 96;
  order().settings.epochs = 700;
  state_.training.draws_chosen = true;
  choose_network(state_, "classroom");
  TrainingOrder expected = proposed_order();
  expected.model_name = "classroom";
  expected.paths = {"/pictures"};
  EXPECT_EQ(order(), expected);
  EXPECT_FALSE(state_.training.draws_chosen);
  EXPECT_THROW(choose_network(state_, "of tomorrow"), Error);
  EXPECT_EQ(order(), expected);
}

// All that there are, each to another value than the proposed one; and to the link and back.
TEST_F(LinkedTrainingTest, EverySettingOfThePageComesBack) {
  choose_network(state_, "fast");
  EXPECT_EQ(linked_settings(state_.training), std::vector<LinkField>());
  const std::vector<LinkField> all = {
      {"epochs", "7"},           {"draws", "1"},           {"batch", "3"},
      {"learning_rate", "0.01"}, {"schedule", "cosine"},   {"loss", "l1"},
      {"optimizer", "sgd"},      {"warm_up", "5"},         {"clip_norm", "0.25"},
      {"average_decay", "0.99"}, {"keep_best", "true"},    {"noise", "0.4"},
      {"noise_kind", "speckle"}, {"noise_weakest", "0.0"}, {"crop", "96"},
      {"flip", "true"},          {"gray_share", "0.2"},    {"jpeg_share", "0.3"}};
  EXPECT_EQ(refused(all), "");
  const TrainingSettings& settings = order().settings;
  EXPECT_EQ(settings.epochs, 7);
  EXPECT_EQ(settings.learning_rate, 0.01f);
  EXPECT_EQ(settings.schedule, Schedule::cosine);
  EXPECT_EQ(settings.noise.kind, NoiseKind::speckle);
  EXPECT_EQ(settings.noise.weakest, 0.0f);
  EXPECT_EQ(settings.crop, 96);
  EXPECT_EQ(order().size, 0);
  EXPECT_TRUE(state_.training.draws_chosen);
  EXPECT_EQ(linked_settings(state_.training), all);
  choose_network(state_, "fast");
  for (const char* setting : {"noise_fixed_field", "noise_camera_share"}) {
    const std::string value = setting[6] == 'f' ? "true" : "0.5";
    EXPECT_EQ(refused({{setting, value}}), "");
    EXPECT_EQ(linked_settings(state_.training), (std::vector<LinkField>{{setting, value}}));
    choose_network(state_, "fast");
  }
}

TEST_F(LinkedTrainingTest, NoneIsNoWeakest) {
  order().settings.noise.weakest = 0.1f;
  EXPECT_EQ(refused({{"noise_weakest", "none"}}), "");
  EXPECT_FALSE(order().settings.noise.weakest);
}

TEST_F(LinkedTrainingTest, WhatIsWrongIsNamedAndChangesNothing) {
  for (const auto& [name, value, reason] :
       {std::array<const char*, 3>{"epochs", "0", "epochs 0 is not in 1.."},
        {"epochs", "2.5", "'epochs' cannot be 2.5"},
        {"epochs", "many", "'many' is no number"},
        {"epochs", "99999999999", "'epochs' cannot be 99999999999"},
        {"noise", "7", "strength"},
        {"keep_best", "1", "'1' is neither true nor false"},
        {"loss", "l7", "no loss is called 'l7'"},
        {"loss", "\xff", "no loss is called"},
        {"batch", "1025", "batch 1025 is above 1024"},
        {"crop", "7", "crop 7 is neither 0 nor in 8..1024"},
        {"crop", "2000", "crop 2000 is neither"},
        {"noise_weakest", "0.9", "weakest"},
        {"purple", "1", "no setting is called 'purple'"},
        {"threads", "2", "no setting is called 'threads'"},
        {"noise_clip", "false", "no setting is called 'noise_clip'"}}) {
    EXPECT_NE(refused({{"epochs", "9"}, {name, value}}).find(reason), std::string::npos)
        << name << " " << value << ": " << refused({{name, value}});
  }
}

TEST_F(LinkedTrainingTest, PicturesAreWholeOrCropped) {
  EXPECT_EQ(refused({{"crop", "96"}}), "");
  EXPECT_EQ(order().size, 0);
  choose_size(state_, "128");
  EXPECT_EQ(order().size, 128);
  EXPECT_EQ(order().settings.crop, 0);
  EXPECT_THROW(choose_size(state_, "7"), Error);
  EXPECT_THROW(choose_size(state_, "1025"), Error);
  EXPECT_EQ(refused({{"crop", "96"}}), "");
  EXPECT_EQ(refused({{"crop", "0"}}), "");
  EXPECT_EQ(order().size, 64);
}

TEST_F(LinkedTrainingTest, WaitsForNoTrainingThatRuns) {
  state_.training.status = TrainingState::Status::running;
  EXPECT_EQ(refused({{"epochs", "7"}}), "a training is under way");
  EXPECT_THROW(choose_network(state_, "fast"), Error);
  EXPECT_THROW(choose_size(state_, "64"), Error);
}

TEST_F(LinkedTrainingTest, AnOwnNetworkCannotBeLinked) {
  choose_network(state_, "fast");
  EXPECT_TRUE(can_be_linked(order()));
  order().model_json = "{}";
  EXPECT_FALSE(can_be_linked(order()));
}

}  // namespace
}  // namespace limpid
