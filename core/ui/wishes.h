// What the screen should show and does not yet: asked of the work, once a frame. What is on the
// screen is so always the answer to what is chosen.
#pragma once

#include "core/ui/state.h"

namespace limpid {

// The picture on the screen, opened and restored as chosen.
void ask_for_shown_picture(UiState& state);
// The same by the models beside the chosen one, once that is done.
void ask_for_comparisons(UiState& state);
// What the chosen network makes of it on its way, likewise; and, on the Train page, what the one
// that learns makes of its first test picture.
void ask_for_maps(UiState& state);

// What the chosen training would be, where it can be seen or is waited for.
void ask_for_forecast(UiState& state);

// The layer of that name; -1: the network has none.
int layer_named(const Model& network, const std::string& name);
// The layer whose maps are on the screen: the one that was chosen, where the network has it, else
// the first of those that hold the fewest numbers.
int shown_layer(const UiState& state, const Model& network);

}  // namespace limpid
