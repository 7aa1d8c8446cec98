#include "core/image/compression.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/image/jpeg.h"
#include "core/image/quality.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

// Neither too smooth nor too rough for a JPEG: waves, of another colour each.
Image waves(int height, int width, int channels) {
  Image image(height, width, channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) {
        image.at(y, x, c) = 0.5f + 0.4f * std::sin(0.3f * float(x) + 0.2f * float(y * c));
      }
    }
  }
  return image;
}

TEST(Compression, MakesAJpegOfThatSize) {
  const std::vector<uint8_t> pixels(13 * 7 * 3, 100);
  EXPECT_TRUE(is_jpeg(compress_jpeg(pixels, {13, 7, 3}, 80)));
}

TEST(Compression, LeavesLessTheLowerTheQuality) {
  for (const int channels : {1, 3}) {
    const Image clean = waves(33, 50, channels);
    double last = 0;
    for (const int quality : {95, 80, 50, 10}) {
      const Image left = as_jpeg(clean, quality);
      ASSERT_EQ(left.channels, channels);
      ASSERT_EQ(left.height, 33);
      ASSERT_EQ(left.width, 50);
      const double error = rmse(left, clean);
      EXPECT_GT(error, last) << quality;
      last = error;
    }
    EXPECT_LT(rmse(as_jpeg(clean, 95), clean), 0.01);
    EXPECT_LT(last, 0.1);
  }
}

TEST(Compression, KeepsBytesWithinTheRange) {
  Image outside(16, 16, 1, 3.0f);
  outside.at(4, 4, 0) = -2;
  for (const float value : as_jpeg(outside, 95).pixels) {
    EXPECT_GE(value, 0);
    EXPECT_LE(value, 1);
    EXPECT_NEAR(value * 255, std::round(value * 255), 1e-4);
  }
}

// Single pixels of pure colours survive 91, at least as colours, and are spread at 90.
TEST(Compression, HalvesTheColoursUpToNinety) {
  Image stripes(32, 32, 3);
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 32; ++x) stripes.at(y, x, x % 2 ? 0 : 2) = 1;
  }
  EXPECT_LT(2 * rmse(as_jpeg(stripes, 91), stripes), rmse(as_jpeg(stripes, 90), stripes));
}

TEST(Compression, LeavesGrayGray) {
  const Image gray = with_channels(waves(20, 20, 1), 3);
  EXPECT_TRUE(is_gray(as_jpeg(gray, 95)));
}

}  // namespace
}  // namespace limpid
