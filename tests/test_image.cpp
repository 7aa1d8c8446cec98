#include <gtest/gtest.h>

#include "core/image/image.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

TEST(Image, IndexesRowsThenColumnsThenChannels) {
  Image image(2, 3, 3);
  image.at(1, 2, 0) = 0.5f;
  EXPECT_EQ(image.pixels[15], 0.5f);
  EXPECT_EQ(image.count(), 18u);
}

TEST(Image, KnowsGray) {
  Image image(2, 2, 3, 0.25f);
  EXPECT_TRUE(is_gray(image));
  image.at(1, 1, 2) = 0.26f;
  EXPECT_FALSE(is_gray(image));
  EXPECT_TRUE(is_gray(Image(2, 2, 1, 0.3f)));
}

TEST(Image, GrayToColorAndBackIsTheSame) {
  Image gray(1, 100000, 1);
  for (int x = 0; x < gray.width; ++x) gray.at(0, x, 0) = float(x) / 99999.0f;
  const Image color = with_channels(gray, 3);
  EXPECT_EQ(color.channels, 3);
  EXPECT_TRUE(is_gray(color));
  EXPECT_EQ(with_channels(color, 1).pixels, gray.pixels);
}

TEST(Image, ColorToGrayIsTheMean) {
  Image color(1, 1, 3);
  color.pixels = {0.25f, 0.5f, 0.9f};
  EXPECT_FLOAT_EQ(with_channels(color, 1).pixels[0], 0.55f);
}

// As numpy.pad(..., mode="reflect"): 1 2 3 grows to 1 2 3 2 1 2 3 2.
TEST(Image, PadsByReflectionAgainAndAgain) {
  Image row(1, 3, 1);
  row.pixels = {1, 2, 3};
  EXPECT_EQ(pad_reflect(row, 1, 8).pixels, (std::vector<float>{1, 2, 3, 2, 1, 2, 3, 2}));
  const Image column = pad_reflect(row, 3, 3);
  EXPECT_EQ(column.pixels, (std::vector<float>{1, 2, 3, 1, 2, 3, 1, 2, 3}));
  EXPECT_EQ(pad_reflect(row, 1, 3).pixels, row.pixels);
}

TEST(Image, PadReflectsBothSidesOfColor) {
  const Image image = pattern(4, 5, 3);
  const Image padded = pad_reflect(image, 6, 7);
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 7; ++x) {
      const int from_y = y < 4 ? y : 6 - y;
      const int from_x = x < 5 ? x : 8 - x;
      for (int c = 0; c < 3; ++c) EXPECT_EQ(padded.at(y, x, c), image.at(from_y, from_x, c));
    }
  }
}

TEST(Image, CropsWhatPaddingAdded) {
  const Image image = pattern(9, 7, 3);
  EXPECT_EQ(crop(pad_reflect(image, 16, 16), 0, 0, 9, 7).pixels, image.pixels);
}

TEST(Image, CropsFromTheMiddle) {
  const Image image = pattern(9, 7, 3);
  const Image part = crop(image, 2, 3, 4, 2);
  EXPECT_EQ(part.height, 4);
  EXPECT_EQ(part.width, 2);
  EXPECT_EQ(part.at(0, 0, 0), image.at(2, 3, 0));
  EXPECT_EQ(part.at(3, 1, 2), image.at(5, 4, 2));
}

}  // namespace
}  // namespace limpid
