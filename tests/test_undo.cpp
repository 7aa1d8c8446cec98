#include "core/ui/undo.h"

#include <gtest/gtest.h>

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
