// What is proposed to be trained until someone chooses: so that a few pictures teach something that
// can be seen, within a minute.
#pragma once

#include <cstddef>

#include "core/ui/state.h"

namespace limpid {

TrainingOrder proposed_order();

// The fewest draws (see TrainingSettings) with which an epoch has steps enough. `learned`: the
// pictures to learn from, at least one.
int proposed_draws(size_t learned, int batch);
// Whether the forecast has counted the chosen pictures.
bool knows_pictures(const TrainingState& training);
// Whether the draws are those that a training is to begin with: they were chosen, or follow from
// the chosen pictures, or the forecast has said that it cannot be made.
bool knows_draws(const TrainingState& training);
// While nobody has chosen them: those for the pictures that the forecast has counted, once it has.
void propose_draws(TrainingState& training);

// The order with draws of 0 where they are only proposed, and the way back.
TrainingOrder chosen_order(const TrainingState& training);
void choose_order(TrainingState& training, const TrainingOrder& chosen);

}  // namespace limpid
