#include "core/ui/undo.h"

#include <gtest/gtest.h>

#include "core/ui/model_list.h"
#include "core/ui/proposal.h"

namespace limpid {
namespace {

UiState with_a_model() {
  UiState state;
  state.choices.model = 1;
  return state;
}

TEST(Undo, GoesBackChangeByChangeAndForthAgain) {
  UiState state = with_a_model();
  Undo undo;
  undo.watch(state);
  EXPECT_FALSE(undo.undo(state));
  for (const float strength : {0.1f, 0.3f, 0.5f}) {
    state.choices.noise.strength = strength;
    undo.watch(state);
    undo.watch(state);  // frames without a change
  }
  state.view.mode = ViewMode::error;
  undo.watch(state);
  ASSERT_TRUE(undo.undo(state));
  EXPECT_EQ(state.view.mode, ViewMode::split);
  EXPECT_EQ(state.choices.noise.strength, 0.5f);
  undo.watch(state);  // what it put back is no change
  ASSERT_TRUE(undo.undo(state));
  EXPECT_EQ(state.choices.noise.strength, 0.3f);
  ASSERT_TRUE(undo.redo(state));
  EXPECT_EQ(state.choices.noise.strength, 0.5f);
  state.choices.noise.strength = 0.7f;
  undo.watch(state);
  EXPECT_FALSE(undo.redo(state));  // that way is gone
  state.training.logarithmic = false;
  undo.watch(state);
  ASSERT_TRUE(undo.undo(state));
  EXPECT_TRUE(state.training.logarithmic);
}

TEST(Undo, TheFirstModelIsNoChange) {
  UiState state;
  Undo undo;
  undo.watch(state);
  state.choices.model = 4;
  undo.watch(state);
  EXPECT_FALSE(undo.undo(state));
  EXPECT_EQ(state.choices.model, 4);
}

// With "fast" in use, and "camera" to be loaded once it is chosen.
UiState with_two_that_suit() {
  UiState state;
  const int fast = offer_model(state, "/models/fast.safetensors");
  model_loaded(state, {.model = fast, .name = "fast"});
  offer_model_later(state, "/models/camera.safetensors", 1);
  return state;
}

void say_noisy(UiState& state, bool already_noisy) {
  state.choices.already_noisy = already_noisy;
  suit_model(state);
}

TEST(Undo, AModelThatIsOnItsWayBelongsToTheChoiceThatAskedForIt) {
  UiState state = with_two_that_suit();
  const int fast = state.models[0].number, camera = state.models[1].number;
  Undo undo;
  undo.watch(state);
  say_noisy(state, true);
  undo.watch(state);
  ASSERT_TRUE(undo.undo(state));
  model_loaded(state, {.model = camera, .name = "camera"});
  EXPECT_EQ(state.choices.model, fast) << "it was taken back before that came";
  ASSERT_TRUE(undo.redo(state));
  EXPECT_EQ(state.choices.model, camera);
}

TEST(Undo, ThatAModelArrivesIsNoChange) {
  UiState state = with_two_that_suit();
  const int fast = state.models[0].number, camera = state.models[1].number;
  Undo undo;
  undo.watch(state);
  say_noisy(state, true);
  undo.watch(state);
  EXPECT_EQ(state.choices.model, fast);
  model_loaded(state, {.model = camera, .name = "camera"});
  undo.watch(state);
  EXPECT_EQ(state.choices.model, camera);
  ASSERT_TRUE(undo.undo(state));
  EXPECT_FALSE(state.choices.already_noisy);
  EXPECT_EQ(state.choices.model, fast);
}

TEST(Undo, TheModelThatSuitsAnotherPictureIsNoChange) {
  UiState state = with_two_that_suit();
  const int fast = state.models[0].number, camera = state.models[1].number;
  model_loaded(state, {.model = camera, .name = "camera"});
  Undo undo;
  undo.watch(state);
  say_noisy(state, true);
  undo.watch(state);
  state.choices.amount = 0.5f;
  undo.watch(state);
  ASSERT_TRUE(undo.undo(state));
  const auto show_one = [&](bool white) {
    state.white_noise = white;
    const int before = chosen_model(state);
    suit_model(state);
    undo.suit(state, before);
    undo.watch(state);
  };
  show_one(true);
  EXPECT_EQ(state.choices.model, fast);
  ASSERT_TRUE(undo.redo(state)) << "that way is still there";
  EXPECT_EQ(state.choices.amount, 0.5f);
  EXPECT_EQ(state.choices.model, fast);
  show_one(false);
  EXPECT_EQ(state.choices.model, camera);
  ASSERT_TRUE(undo.undo(state));
  EXPECT_EQ(state.choices.amount, 1);
  EXPECT_EQ(state.choices.model, camera);
  ASSERT_TRUE(undo.undo(state));
  EXPECT_FALSE(state.choices.already_noisy);
  EXPECT_EQ(state.choices.model, fast);
}

// To learn from, of which the forecast has told.
UiState with_three_pictures() {
  UiState state = with_a_model();
  state.training.plan = TrainingPlanned{.pictures = 5, .test_pictures = 2};
  state.training.order.settings.batch = 4;
  propose_draws(state.training);
  return state;
}

// What follows from a choice is none: it goes back and forth with it.
TEST(Undo, DrawsThatAreProposedAreNoChange) {
  UiState state = with_three_pictures();
  TrainingState& training = state.training;
  Undo undo;
  undo.watch(state);
  training.order.settings.batch = 8;
  propose_draws(training);
  undo.watch(state);
  EXPECT_EQ(training.order.settings.draws, 19);
  ASSERT_TRUE(undo.undo(state));
  EXPECT_EQ(training.order.settings.batch, 4);
  EXPECT_EQ(training.order.settings.draws, 10);
  undo.watch(state);
  EXPECT_FALSE(undo.undo(state));
  ASSERT_TRUE(undo.redo(state));
  EXPECT_EQ(training.order.settings.draws, 19);
}

TEST(Undo, DrawsThatWereChosenCanBeLeftToTheProposalAgain) {
  UiState state = with_three_pictures();
  TrainingState& training = state.training;
  Undo undo;
  undo.watch(state);
  training.order.settings.draws = 3;
  training.draws_chosen = true;
  undo.watch(state);
  ASSERT_TRUE(undo.undo(state));
  EXPECT_FALSE(training.draws_chosen);
  EXPECT_EQ(training.order.settings.draws, 10);
  ASSERT_TRUE(undo.redo(state));
  EXPECT_TRUE(training.draws_chosen);
  EXPECT_EQ(training.order.settings.draws, 3);
}

TEST(Undo, ARunningTrainingKeepsItsOrder) {
  UiState state = with_a_model();
  Undo undo;
  undo.watch(state);
  state.training.order.size = 128;
  undo.watch(state);
  state.training.status = TrainingState::Status::running;
  ASSERT_TRUE(undo.undo(state));
  EXPECT_EQ(state.training.order.size, 128);
  undo.watch(state);  // which is no change
  EXPECT_TRUE(undo.redo(state));
}

TEST(Undo, RemembersTheLast200Changes) {
  UiState state = with_a_model();
  Undo undo;
  undo.watch(state);
  for (uint64_t seed = 1000; seed < 1300; ++seed) {
    state.choices.noise.seed = seed;
    undo.watch(state);
  }
  int undone = 0;
  while (undo.undo(state)) ++undone;
  EXPECT_EQ(undone, 200);
  EXPECT_EQ(state.choices.noise.seed, 1099u);
}

}  // namespace
}  // namespace limpid
