#include "core/image/source.h"

#include "core/error.h"

namespace limpid {

void Source::refuse(const std::string& why) const {
  throw Error(name + ": not a picture Limpid can read (" + why + ")");
}

void Source::check_size(uint64_t width, uint64_t height) const {
  if (width == 0 || height == 0) refuse("it has no pixels");
  if (width <= limits.max_pixels / height) return;
  throw Error(name + ": " + std::to_string(width) + " x " + std::to_string(height) +
              " pixels are over the limit of " + std::to_string(limits.max_pixels));
}

}  // namespace limpid
