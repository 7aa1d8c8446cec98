#include "native/desktop/folders.h"

#include <cstdlib>

namespace limpid {
namespace {

namespace fs = std::filesystem;

fs::path home() {
  const char* home = std::getenv("HOME");
  return home && *home ? fs::path(home) : fs::current_path();
}

// Only absolute paths count, says the specification.
fs::path from_environment(const char* variable, const fs::path& otherwise) {
  const char* value = std::getenv(variable);
  return value && fs::path(value).is_absolute() ? fs::path(value) : home() / otherwise;
}

}  // namespace

fs::path choices_folder() { return from_environment("XDG_CONFIG_HOME", ".config") / "limpid"; }
fs::path runs_folder() {
  return from_environment("XDG_DATA_HOME", ".local/share") / "limpid" / "runs";
}
fs::path pictures_folder() {
  const fs::path pictures = home() / "Pictures";
  return fs::is_directory(pictures) ? pictures : home();
}

}  // namespace limpid
