#include "core/ui/undo.h"

#include <gtest/gtest.h>

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

TEST(Undo, ARunningTrainingKeepsItsOrder) {
  UiState state = with_a_model();
  Undo undo;
  undo.watch(state);
  state.training.order.size = 128;
  undo.watch(state);
  state.training.status = TrainingState::Status::running;
  ASSERT_TRUE(undo.undo(state));
  EXPECT_EQ(state.training.order.size, 128);
}

}  // namespace
}  // namespace limpid
