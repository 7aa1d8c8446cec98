// The choices that outlive the program, as one JSON text.
#pragma once

#include <string>
#include <string_view>

#include "core/ui/state.h"

namespace limpid {

// Of trainings, as the controls have them.
constexpr int least_size = 8, largest_size = 1024;  // of pictures to learn from
constexpr int largest_batch = 1024;

// "denoise", "train"; "split", "side by side", "clean", ...: parsing throws Error listing them.
std::string to_string(Page page);
Page parse_page(const std::string& text);
std::string to_string(ViewMode mode);
ViewMode parse_view(const std::string& text);

std::string write_choices(const UiState& state);
// Changes nothing when the text is not of that kind: another version of Limpid may have written it.
void read_choices(std::string_view text, UiState& state);

}  // namespace limpid
