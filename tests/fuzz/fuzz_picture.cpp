// Any bytes are a picture with values of 0..1 or throw Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/error.h"
#include "core/image/picture.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_whole(const limpid::Image& image) {
  require(image.pixels.size() == size_t(image.height) * image.width * image.channels);
  for (const float value : image.pixels) require(value >= 0 && value <= 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const limpid::Picture picture =
        limpid::decode_picture({data, size}, "fuzz", {.max_pixels = 100'000});
    require(!picture.color.empty());
    require_whole(picture.color);
    require_whole(picture.alpha);
    require(picture.bit_depth == 8 || picture.bit_depth == 16);
  } catch (const limpid::Error&) {
  }
  return 0;
}
