#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/image/file.h"
#include "native/desktop/folders.h"
#include "native/desktop/window.h"

namespace limpid {
namespace {

constexpr int largest = 16'384;

std::filesystem::path file() { return choices_folder() / "window"; }

}  // namespace

WindowPlace stored_place() {
  WindowPlace place;
  std::ifstream stream(file());
  if (!(stream >> place.width >> place.height >> place.maximized)) return {};
  place.width = std::clamp(place.width, 1, largest);
  place.height = std::clamp(place.height, 1, largest);
  return place;
}

void store_place(const WindowPlace& place) {
  std::filesystem::create_directories(choices_folder());
  write_file(file(), std::to_string(place.width) + ' ' + std::to_string(place.height) + ' ' +
                         std::to_string(int(place.maximized)) + '\n');
}

}  // namespace limpid
