// The choices that outlive the program, as one JSON text.
#pragma once

#include <string>
#include <string_view>

#include "core/ui/state.h"

namespace limpid {

std::string write_choices(const UiState& state);
// Changes nothing when the text is not of that kind: another version of Limpid may have written it.
void read_choices(std::string_view text, UiState& state);

}  // namespace limpid
