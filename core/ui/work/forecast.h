// What a training would cost, told before it begins.
#pragma once

#include "core/engine/engine.h"
#include "core/model/model.h"
#include "core/ui/work/event.h"
#include "core/ui/work/restores.h"

namespace limpid {

// Counts the pictures and times the engine on one call of the network, on a picture of at most
// 128 x 128. Throws Error when there are no pictures, or the model, one of `loaded` that it is to
// begin with or a setting is none.
TrainingPlanned forecast(const TrainingOrder& order, Engine& engine, const Models& loaded = {});

// The work of all epochs in pictures that are learned once, each with `learned` to learn from and
// `tested` to test.
double work_in_pictures(const TrainingSettings& settings, size_t learned, size_t tested);

}  // namespace limpid
