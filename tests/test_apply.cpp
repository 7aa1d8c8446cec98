#include "core/ui/apply.h"

#include <gtest/gtest.h>

namespace limpid {
namespace {

using Status = PictureEntry::Status;
using Training = TrainingState::Status;

SharedImage image() { return std::make_shared<Image>(2, 3, 3); }

ModelEntry model(int number) {
  ModelEntry entry;
  entry.number = number;
  return entry;
}

UiState with_two_pictures() {
  UiState state;
  apply(state, PicturesFound{{{"/a.png", "a.png"}, {"/b.png", "b.png"}}, {}});
  return state;
}

TEST(Apply, PicturesAreListedAndTheFirstIsShown) {
  UiState state;
  apply(state, PicturesFound{{{"/a.png", "a.png"}, {"/b.png", "b.png"}}, {"c.png: is broken"}});
  ASSERT_EQ(state.pictures.size(), 2u);
  EXPECT_EQ(state.pictures[1].path, "/b.png");
  EXPECT_EQ(state.shown, state.pictures[0].number);
  EXPECT_NE(state.pictures[0].number, state.pictures[1].number);
  ASSERT_EQ(state.notices.size(), 1u);
  EXPECT_EQ(state.notices[0].text, "c.png: is broken");
  EXPECT_TRUE(state.notices[0].bad);
  apply(state, PicturesFound{{{"/d.png", "d.png"}}, {}});
  EXPECT_EQ(state.shown, state.pictures[0].number);
}

TEST(Apply, OnlyTheShownPictureKeepsPixels) {
  UiState state = with_two_pictures();
  const int shown = state.pictures[0].number, other = state.pictures[1].number;
  for (const int number : {shown, other}) {
    apply(state, PictureOpened{number, image(), 16, true, 0.25});
    apply(state, NoiseAdded{number, {}, image(), {.rmse = 0.2}});
    Restored restored{.picture = number, .request = {}, .image = image(), .saved_to = {}};
    restored.request.picture = number;
    restored.has_quality = true;
    restored.restored.rmse = 0.1;
    apply(state, restored);
  }
  EXPECT_TRUE(state.pictures[0].clean && state.pictures[0].noisy && state.pictures[0].restored);
  EXPECT_FALSE(state.pictures[1].clean || state.pictures[1].noisy || state.pictures[1].restored);
  for (const PictureEntry& entry : state.pictures) {
    EXPECT_EQ(entry.bit_depth, 16);
    EXPECT_TRUE(entry.has_alpha);
    EXPECT_EQ(entry.estimated_strength, 0.25);
    EXPECT_EQ(entry.status, Status::restored);
    EXPECT_EQ(entry.restored_quality.rmse, 0.1);
  }
  show_picture(state, other);
  EXPECT_FALSE(state.pictures[0].clean || state.pictures[0].noisy || state.pictures[0].restored);
}

TEST(Apply, WhatIsAboutAPictureThatIsGoneIsLeftOut) {
  UiState state = with_two_pictures();
  apply(state, PictureOpened{99, image(), 8, false, 0});
  apply(state, Restoring{99, 1, 2});
  apply(state, Restored{.picture = 99, .request = {}, .image = image(), .saved_to = {}});
  EXPECT_EQ(state.pictures.size(), 2u);
  for (const PictureEntry& entry : state.pictures) EXPECT_EQ(entry.status, Status::listed);
}

TEST(Apply, ACancelledRestoreLeavesWhatWasThere) {
  UiState state = with_two_pictures();
  const int number = state.shown;
  apply(state, PictureOpened{number, image(), 8, false, 0});
  state.wanted.picture = number;
  state.restoring = true;
  apply(state, Restoring{number, 1, 4});
  EXPECT_EQ(state.pictures[0].tiles, 4);
  apply(state, Restored{.picture = number,
                        .request = state.wanted,
                        .cancelled = true,
                        .image = {},
                        .saved_to = {}});
  EXPECT_FALSE(state.restoring);
  EXPECT_EQ(state.pictures[0].tiles, 0);
  EXPECT_NE(state.pictures[0].status, Status::restored);
  EXPECT_FALSE(state.pictures[0].has_scores);
}

TEST(Apply, OfOneBrokenPictureThereIsOneComplaint) {
  UiState state = with_two_pictures();
  const int number = state.shown;
  state.wanted.picture = number;
  state.restoring = true;
  apply(state, Failed{Failed::What::picture, number, "a.png: is broken"});
  apply(state, Failed{Failed::What::restore, number, "a.png: is not open"});
  EXPECT_EQ(state.pictures[0].status, Status::failed);
  EXPECT_EQ(state.pictures[0].message, "a.png: is broken");
  EXPECT_EQ(state.notices.size(), 1u);
  EXPECT_FALSE(state.restoring);
}

TEST(Apply, TheQueueCountsWhatIsDoneAndWhatFails) {
  UiState state = with_two_pictures();
  state.queue.running = true;
  Restored saved{.picture = state.shown, .request = {}, .image = {}, .saved_to = "/out/a.png"};
  saved.request.save_to = "/out/a.png";
  apply(state, saved);
  apply(state, Failed{Failed::What::restore, state.pictures[1].number, "b.png: is broken"});
  EXPECT_EQ(state.queue.done, 2u);
  EXPECT_TRUE(state.notices.empty());  // its row tells
  EXPECT_EQ(state.pictures[1].message, "b.png: is broken");
}

TEST(Apply, AModelIsChosenWhenItsWeightsAreThere) {
  UiState state;
  state.models.push_back(model(3));
  state.models.push_back(model(4));
  apply(state, ModelLoaded{.model = 3, .name = "mine", .parameters = 751939});
  EXPECT_TRUE(state.models[0].ready);
  EXPECT_EQ(state.models[0].name, "mine");
  EXPECT_NE(state.models[0].about.find("751"), std::string::npos);
  EXPECT_EQ(state.choices.model, 3);
  apply(state, Failed{Failed::What::model, 4, "x.safetensors: is cut short"});
  ASSERT_EQ(state.models.size(), 1u);
  apply(state, Failed{Failed::What::model, 3, "y.safetensors: is cut short"});
  EXPECT_EQ(state.models.size(), 1u);  // the weights it had are still good
}

TEST(Apply, ATrainingFromItsPlanToItsEnd) {
  UiState state;
  TrainingState& training = state.training;
  training.asked = training.order;
  apply(state, TrainingPlanned{.order = training.order, .parameters = 5});
  EXPECT_FALSE(training.asked);
  EXPECT_EQ(training.plan->parameters, 5u);
  apply(state, TrainingPaused{true});  // comes too late: nothing runs
  EXPECT_EQ(training.status, Training::idle);
  apply(state, TrainingBegun{.pictures = 8, .test_pictures = 2, .history = {{.epoch = 1}}});
  EXPECT_EQ(training.status, Training::running);
  apply(state, TrainingPaused{true});
  EXPECT_EQ(training.status, Training::paused);
  apply(state, TrainingPaused{false});
  EXPECT_EQ(training.status, Training::running);
  training.model = 9;
  state.models.push_back(model(9));
  apply(state, EpochEnded{{.epoch = 2}});
  EXPECT_EQ(training.history.size(), 2u);
  EXPECT_EQ(state.models[0].version, 1);
  apply(state, TrainingEnded{.model = 9, .history = {{.epoch = 1}, {.epoch = 2}}});
  EXPECT_EQ(training.status, Training::idle);
  EXPECT_EQ(state.choices.model, 9);
  EXPECT_EQ(state.models[0].version, 2);
  apply(state, Failed{Failed::What::training, 0, "no picture"});
  EXPECT_EQ(training.error, "no picture");
}

}  // namespace
}  // namespace limpid
