// Rows restored in bands, each from no more rows than it depends on.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "core/image/restoration.h"
#include "core/noise/noise.h"
#include "tests/golden_image.h"

namespace limpid {

constexpr std::initializer_list<int> band_heights = {1, 2, 7, 33, 64};

// Gray and colour; lower than any method looks, of odd sides, and of several bands.
inline std::vector<Image> noisy_pictures() {
  std::vector<Image> pictures;
  for (const int channels : {1, 3}) {
    for (const int height : {1, 2, 5, 19, 97}) {
      for (const int width : {1, 13, 38}) {
        pictures.push_back(add_noise(pattern(height, width, channels), {.strength = 0.2f}));
      }
    }
  }
  return pictures;
}

// restore(part, rows): rows of a part of the noisy picture, which look `reach` rows up and down.
template <class Restore>
void expect_bands_equal_whole(const Image& noisy, int reach, const Restore& restore) {
  const Image whole = restore(noisy, {0, noisy.height});
  for (const int count : band_heights) {
    for (int top = 0; top < noisy.height; top += count) {
      const int end = std::min(top + count, noisy.height);
      const int first = std::max(top - reach, 0), last = std::min(end + reach, noisy.height);
      const Image band = restore(crop(noisy, first, 0, last - first, noisy.width),
                                 RowSpan{top - first, end - first});
      ASSERT_EQ(band.pixels, crop(whole, top, 0, end - top, noisy.width).pixels)
          << noisy.height << " x " << noisy.width << " x " << noisy.channels << " in bands of "
          << count << ", row " << top;
    }
  }
}

}  // namespace limpid
