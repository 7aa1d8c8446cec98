// The trained models that come with Limpid: assets/models.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>

namespace limpid {

// By their names, as CMakeLists.txt lists them: first the one that is used unless another is asked
// for.
inline constexpr auto shipped_models = std::to_array<const char*>({LIMPID_MODELS});
inline constexpr const char* default_model = shipped_models[0];

// Where NAME.safetensors lies: in share/limpid/models beside the program's own folder, where
// `cmake --install` puts it, else in the source folder that the program was built from. None when
// there is no such model; `name` must be a plain name, not a path.
std::optional<std::filesystem::path> shipped_model(const std::string& name);

}  // namespace limpid
