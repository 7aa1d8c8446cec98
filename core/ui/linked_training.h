// What a link (scene.h) says of the training that the controls are set to.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/ui/link.h"
#include "core/ui/state.h"

namespace limpid {

// These change nothing and throw Error, which says what is wrong, where a value cannot be; and
// while a training is under way.

// A preset, with what is proposed of everything else (proposal.h).
void choose_network(UiState& state, const std::string& name);
// Whole pictures of that size.
void choose_size(UiState& state, const std::string& size);
// Settings by their names in files (core/train/settings.h), of those that the Train page has
// controls for. With a crop pictures keep their size.
void choose_settings(UiState& state, std::span<const LinkField> settings);

// Whether it can be told in a link: its network is a preset.
bool can_be_linked(const TrainingOrder& order);
// The settings that choose_network() leaves to be chosen.
std::vector<LinkField> linked_settings(const TrainingState& training);

}  // namespace limpid
