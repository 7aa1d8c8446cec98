// A training as the front end orders it, and as a run folder remembers it.
#pragma once

#include "core/model/model.h"
#include "core/train/run_record.h"
#include "core/ui/work/request.h"
#include "core/ui/work/restores.h"

namespace limpid {

// The order's network: its preset, or the JSON. Throws Error.
Model model_of(const TrainingOrder& order);

// The weights that a training of `model`, the order's, begins with. Throws Error when the loaded
// model that it was to begin with is not there any more, or another.
std::vector<Tensor> first_weights(const TrainingOrder& order, const Model& model,
                                  const Models& loaded);

// Side of the squares that are learned from: whole pictures', or crops'.
int side_of(const TrainingOrder& order);

// As `limpid train` would write it down; `model` is the order's.
RunSettings run_settings_of(const TrainingOrder& order, const Model& model);

// What was ordered when that run began.
TrainingOrder order_of(const RecordedRun& run);

}  // namespace limpid
