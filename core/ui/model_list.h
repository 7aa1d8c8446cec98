// The models to choose from: those whose weights are there, and those that are loaded once they are
// chosen.
#pragma once

#include <string>

#include "core/model/networks.h"
#include "core/ui/state.h"

namespace limpid {

// Loads the model in that file, which is in use once it is there; `name`: a run's, which it keeps;
// empty: it has its own. Returns the model's number.
int load_model(UiState& state, const std::string& file, const std::string& name = {});

// Loads one that comes along.
int offer_model(UiState& state, const std::string& file);

// Another, which is loaded only when it is chosen, from that file of `bytes`.
void offer_model_later(UiState& state, const std::string& file, size_t bytes);

// Uses that model from now on; or, when it is to be loaded first, as soon as it is there: until
// then the one before stays in use.
void choose_model(UiState& state, int number);

// Takes what is for the noise of cameras in place of its like for gaussian noise where the picture
// is said to have noise already and that does not seem white, else the other way round; a choice of
// another stays.
void suit_model(UiState& state);

// The model that was chosen last: in use, or awaited.
int chosen_model(const UiState& state);

// What came of the loading. One that was offered for later can be chosen again when it failed; any
// other goes, unless it has weights already.
void model_loaded(UiState& state, const ModelLoaded& event);
void model_failed(UiState& state, int number);

}  // namespace limpid
