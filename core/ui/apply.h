// What came back from the work, put into the state.
#pragma once

#include "core/ui/state.h"

namespace limpid {

void apply(UiState& state, Event event);

}  // namespace limpid
