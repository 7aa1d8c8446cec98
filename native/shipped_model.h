// The trained models that come with Limpid: assets/models.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace limpid {

inline constexpr const char* default_model = "fast";

// Where NAME.safetensors lies: in share/limpid/models beside the program's own folder, where
// `cmake --install` puts it, else in the source folder that the program was built from. None when
// there is no such model; `name` must be a plain name, not a path.
std::optional<std::filesystem::path> shipped_model(const std::string& name);

}  // namespace limpid
