// A training as the front end orders it, and as a run folder remembers it.
#pragma once

#include "core/model/model.h"
#include "core/train/run_record.h"
#include "core/ui/work/request.h"

namespace limpid {

// The order's network: its preset, or the JSON. Throws Error.
Model model_of(const TrainingOrder& order);

// As `limpid train` would write it down; `model` is the order's.
RunSettings run_settings_of(const TrainingOrder& order, const Model& model);

// What was ordered when that run began.
TrainingOrder order_of(const RecordedRun& run);

}  // namespace limpid
