// How a picture to learn from is made of one of a data set's, as plain data: CPU and GPU make the
// same bits of it.
#pragma once

#include <cstdint>
#include <type_traits>

#include "core/noise/noise.h"

namespace limpid {

// The steps in their order.
struct Sample {
  uint32_t picture = 0;  // index into the data set
  // Top left of a rectangle as large as the sample; where the picture ends before it does, what
  // lies inside is reflected().
  int32_t y = 0, x = 0;
  bool left_right = false;  // mirrored
  bool up_down = false;
  bool gray = false;  // every channel becomes the gray_value()
  PlacedNoise noise = {};
  uint8_t jpeg_quality = 0;  // 1..100: what a JPEG leaves of the noisy one; 0: no JPEG. CPU only
};

static_assert(std::is_trivially_copyable_v<Sample>);

}  // namespace limpid
