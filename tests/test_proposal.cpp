#include "core/ui/proposal.h"

#include <gtest/gtest.h>

#include "core/ui/apply.h"
#include "core/ui/work/order.h"

namespace limpid {
namespace {

// The steps of an epoch; the last may be smaller.
int steps(size_t learned, int batch, int draws) {
  return (int(learned) * draws + batch - 1) / batch;
}

TEST(Proposal, IsATrainingThatCanBegin) {
  const TrainingOrder order = proposed_order();
  EXPECT_NO_THROW(check(order.settings));
  EXPECT_EQ(side_of(order) % size_multiple(model_of(order)), 0);
}

TEST(Proposal, FewPicturesAreDrawnUntilAnEpochHasEightSteps) {
  for (const size_t learned : {1, 2, 3, 5, 15, 28, 29, 1000}) {
    for (const int batch : {1, 2, 4, 8, 32}) {
      const int draws = proposed_draws(learned, batch);
      EXPECT_GE(steps(learned, batch, draws), 8) << learned << ' ' << batch;
      if (draws == 1) continue;
      EXPECT_LT(steps(learned, batch, draws - 1), 8) << learned << ' ' << batch;
    }
  }
  EXPECT_EQ(proposed_draws(3, 4), 10);
  EXPECT_EQ(proposed_draws(189, 4), 1);
}

TEST(Proposal, IsWithinWhatATrainingTakes) {
  TrainingSettings settings;
  settings.batch = 1024;
  settings.draws = proposed_draws(1, settings.batch);
  EXPECT_NO_THROW(check(settings));
}

TEST(Proposal, DrawsFollowThePicturesAndTheBatchUntilSomeoneChooses) {
  UiState state;
  TrainingState& training = state.training;
  training.order = proposed_order();
  training.order.paths = {"a"};
  apply(state, TrainingPlanned{.order = training.order, .pictures = 5, .test_pictures = 2});
  EXPECT_EQ(training.order.settings.draws, 10);
  training.order.settings.batch = 2;
  propose_draws(training);
  EXPECT_EQ(training.order.settings.draws, 5);
  training.order.paths = {"b"};  // not counted yet
  propose_draws(training);
  EXPECT_EQ(training.order.settings.draws, 5);
  apply(state, TrainingPlanned{.order = training.order, .pictures = 253, .test_pictures = 64});
  EXPECT_EQ(training.order.settings.draws, 1);
  training.order.tests = "c";  // neither are these
  EXPECT_FALSE(knows_pictures(training));
  training.order.tests.clear();
  training.order.settings.draws = 7;
  training.draws_chosen = true;
  apply(state, TrainingPlanned{.order = training.order, .pictures = 5, .test_pictures = 2});
  EXPECT_EQ(training.order.settings.draws, 7);
}

TEST(Proposal, ATrainingThatIsAskedForEarlyWaitsForItsDraws) {
  UiState state;
  TrainingState& training = state.training;
  training.order = proposed_order();
  training.order.paths = {"a"};
  EXPECT_FALSE(knows_draws(training));
  apply(state, TrainingPlanned{.order = training.order, .pictures = 5, .test_pictures = 2});
  EXPECT_TRUE(knows_draws(training));
  training.order.paths = {"b"};
  EXPECT_FALSE(knows_draws(training));
  training.draws_chosen = true;
  EXPECT_TRUE(knows_draws(training));
  training.draws_chosen = false;
  training.asked = training.refused = training.order;
  EXPECT_FALSE(knows_draws(training));
  apply(state, Failed{Failed::What::plan, 0, "no readable picture in b"});
  EXPECT_TRUE(knows_draws(training));  // it will say the same when it begins
  training.order.paths = {"c"};
  EXPECT_FALSE(knows_draws(training));
}

// As where someone types it; and there is no forecast yet.
TEST(Proposal, NoDrawsAreAtLeastOne) {
  TrainingState training;
  training.order.settings.draws = 0;
  propose_draws(training);
  EXPECT_EQ(training.order.settings.draws, 1);
}

TEST(Proposal, AnOrderKeepsWhetherItsDrawsWereChosen) {
  TrainingState training;
  training.order.settings.draws = 5;
  EXPECT_EQ(chosen_order(training).settings.draws, 0);
  training.draws_chosen = true;
  const TrainingOrder chosen = chosen_order(training);
  EXPECT_EQ(chosen, training.order);
  TrainingState other;
  choose_order(other, chosen);
  EXPECT_TRUE(other.draws_chosen);
  EXPECT_EQ(other.order, training.order);
  training.draws_chosen = false;
  other.order.settings.draws = 9;  // proposed for its pictures
  choose_order(other, chosen_order(training));
  EXPECT_FALSE(other.draws_chosen);
  EXPECT_EQ(other.order.settings.draws, 9);
}

}  // namespace
}  // namespace limpid
