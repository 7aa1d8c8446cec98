#include "core/noise/noisy_picture.h"

#include <gtest/gtest.h>

#include "tests/golden_image.h"

namespace limpid {
namespace {

TEST(NoisyPicture, ItsRowsAreThoseOfThePictureWithNoise) {
  const NoiseSettings settings = {.strength = 0.2f, .seed = 5};
  for (const int channels : {1, 3}) {
    for (const bool gray : {false, true}) {
      const Image image =
          gray ? with_channels(pattern(20, 13, 1), channels) : pattern(20, 13, channels);
      const Raster clean = to_raster(image, 255);
      const Image whole = add_noise(to_image(clean), settings);
      NoisyPicture noisy(clean, placed(settings));
      for (const RowSpan rows : {RowSpan{0, 20}, RowSpan{3, 11}, RowSpan{19, 20}}) {
        EXPECT_EQ(noisy.rows(rows.top, rows.count())->pixels,
                  crop(whole, rows.top, 0, rows.count(), 13).pixels);
      }
    }
  }
}

TEST(NoisyPicture, WithoutNoiseItIsThePicture) {
  const Raster clean = to_raster(pattern(6, 5, 3), 65535);
  EXPECT_EQ(NoisyPicture(clean, std::nullopt).rows(1, 4)->pixels, rows_of(clean, 1, 4).pixels);
}

TEST(NoisyPicture, KeepsTheLastRows) {
  const Raster clean = to_raster(pattern(6, 5, 3), 255);
  NoisyPicture noisy(clean, placed({}));
  const auto rows = noisy.rows(2, 3);
  EXPECT_EQ(noisy.rows(2, 3), rows);
  EXPECT_EQ(noisy.last_rows({3, 5}).pixels, crop(*rows, 1, 0, 2, 5).pixels);
}

}  // namespace
}  // namespace limpid
