// The browser's names of keys (KeyboardEvent.code) as ImGui's.
#pragma once

#include <imgui.h>

#include <string_view>

namespace limpid {

// ImGuiKey_None for a key that ImGui does not know, or that nothing in the front end uses.
ImGuiKey key_of(std::string_view code);

}  // namespace limpid
