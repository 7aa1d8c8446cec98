// The restored picture on its way into a file or to the clipboard, see Saving in state.h.
#pragma once

#include <optional>

#include "core/ui/platform.h"
#include "core/ui/state.h"

namespace limpid {

// What that picture is saved as, with these choices.
PictureFormat format_to_save(const Choices& choices, const PictureEntry& entry);

// Asks for the restored picture as a file, for the disk or the clipboard, unless one is under way.
void save_restored(UiState& state, const Platform& platform, const PictureEntry& entry,
                   Saving::To to);
// What was asked for goes there, unless it was of another picture.
void take_encoded(UiState& state, Platform& platform, PictureEncoded encoded);
// What that was, once the picture is encoded or it failed; none: it was of another.
std::optional<Saving> saving_over(UiState& state, int picture);

}  // namespace limpid
