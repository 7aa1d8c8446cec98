// The State of a network as an engine on a CPU keeps it, and what Network says about it: made,
// written and updated in one way for all of them.
#pragma once

#include "core/engine/engine.h"

namespace limpid {

// Zeros: the weights alone, or with what training adds but the average.
State zero_state(const Model& model, bool training);

// Network::write(): lists of `given` that are empty keep their values in `held`, those of training
// are passed over without it. Throws Error before anything has changed when a tensor does not fit.
void write_state(State& held, const State& given, const Model& model, bool training);

// Network::update(): applies and clears the gradients; starts the average when it is first asked
// for. `parameters` are the model's: those that are not trained take no step.
void update_state(State& held, const UpdateStep& step, const std::vector<Parameter>& parameters);

}  // namespace limpid
