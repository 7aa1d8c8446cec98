// Trainings as they begin and go on, and what is done with their models.
#pragma once

#include <string>

#include "core/ui/platform.h"
#include "core/ui/state.h"

namespace limpid {

// The one that the controls are set to: from the beginning, or from a checkpoint file when that is
// not empty.
void start_training(UiState& state, Platform& platform, const std::string& checkpoint = {});
// The one that was asked for, once it is known of how many pictures: its draws may follow from
// that.
void start_once_planned(UiState& state, Platform& platform);
// With a run that is kept in a folder, as it is ordered by now.
void go_on_with_run(UiState& state, RunEntry& run);
// With the one that broke off; or it is given up.
void go_on_with_unfinished(UiState& state, Platform& platform);
void give_up_unfinished(UiState& state, Platform& platform);

// On the Denoise page; where its weights are not there yet, they are loaded.
void use_model_of(UiState& state, RunEntry& run);
// Of one that learned here, as a file.
void save_model_of(const UiState& state, Platform& platform, const RunEntry& run);
// Its curves, as the file that is kept in a run's folder (core/train/run_folder.h).
void save_curves_of(Platform& platform, const RunEntry& run);
// The run that was learned last, once it is over; else none.
RunEntry* ended_run(UiState& state);

}  // namespace limpid
