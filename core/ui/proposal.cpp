#include "core/ui/proposal.h"

#include <algorithm>
#include <cassert>

namespace limpid {
namespace {

// 160 steps in 20 epochs: three of the samples teach the network that is proposed to restore the
// other two from an RMSE of 0.17 to 0.10 or 0.13, depending on which. With twice as many it learns
// the three by heart (0.12, 0.14).
constexpr size_t least_steps = 8;

}  // namespace

TrainingOrder proposed_order() {
  TrainingOrder order;
  // It begins by changing nothing and learns the noise, which any picture shows; `classroom` has to
  // learn how pictures look, and leaves what it has not seen worse than noisy.
  order.model_name = "fast";
  order.settings.epochs = 20;
  order.settings.batch = 4;
  return order;
}

int proposed_draws(size_t learned, int batch) {
  const size_t fewest = (least_steps - 1) * size_t(batch) + 1;  // the last step may be smaller
  assert(learned > 0);
  return int(std::clamp((fewest + learned - 1) / learned, size_t(1), size_t(most_draws)));
}

bool knows_pictures(const TrainingState& training) {
  if (!training.plan) return false;
  const TrainingOrder& counted = training.plan->order;
  return counted.paths == training.order.paths && counted.tests == training.order.tests;
}

bool knows_draws(const TrainingState& training) {
  return training.draws_chosen || knows_pictures(training) || training.refused_plan();
}

void propose_draws(TrainingState& training) {
  if (training.draws_chosen) return;
  int& draws = training.order.settings.draws;
  draws = std::max(draws, 1);
  if (!knows_pictures(training)) return;
  const size_t learned = training.plan->pictures - training.plan->test_pictures;
  if (learned > 0) draws = proposed_draws(learned, training.order.settings.batch);
}

TrainingOrder chosen_order(const TrainingState& training) {
  TrainingOrder order = training.order;
  if (!training.draws_chosen) order.settings.draws = 0;
  return order;
}

void choose_order(TrainingState& training, const TrainingOrder& chosen) {
  const int draws = training.order.settings.draws;
  training.order = chosen;
  training.draws_chosen = chosen.settings.draws > 0;
  if (!training.draws_chosen) training.order.settings.draws = draws;
  propose_draws(training);
}

}  // namespace limpid
