#include <gtest/gtest.h>

#include <array>

#include "core/image/compact.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

// A row of all the values that a picture of that depth can have.
Image all_steps(int steps) {
  Image image(1, steps, 1);
  for (int x = 0; x < steps; ++x) image.at(0, x, 0) = float(x) / float(steps - 1);
  return image;
}

TEST(Compact, KeepsEveryStepExactly) {
  for (const auto& [depth, steps] : {std::pair(8, 256), std::pair(16, 65536)}) {
    const Image image = all_steps(steps);
    const CompactImage held = compact(image, depth);
    EXPECT_EQ(held.size_bytes(), size_t(steps) * size_t(depth / 8));
    EXPECT_EQ(expand(held, 1).pixels, image.pixels);
  }
}

TEST(Compact, KeepsColor) {
  const Image image = pattern(7, 5, 3);
  const CompactImage held = compact(image, 8);
  EXPECT_EQ(held.channels, 3);
  EXPECT_EQ(held.bytes, to_bytes(image));
  const Image back = expand(held, 3);
  EXPECT_TRUE(back.same_size(image));
  EXPECT_EQ(back.pixels, image.pixels);
}

TEST(Compact, HoldsGrayOnce) {
  const Image image = with_channels(pattern(7, 5, 1), 3);
  for (const int depth : {8, 16}) {
    const CompactImage held = compact(image, depth);
    EXPECT_EQ(held.channels, 1);
    EXPECT_EQ(held.size_bytes(), size_t(7 * 5 * depth / 8));
    EXPECT_EQ(expand(held, 3).pixels, image.pixels);
    EXPECT_EQ(expand(held, 1).pixels, pattern(7, 5, 1).pixels);
  }
}

TEST(Compact, ExpandsAPartOfThePicture) {
  for (const int depth : {8, 16}) {
    for (const Image& image : {pattern(7, 5, 3), with_channels(pattern(7, 5, 1), 3)}) {
      const CompactImage held = compact(image, depth);
      const Image whole = expand(held, 3);
      for (const auto& [y, x, height, width] :
           {std::array{0, 0, 7, 5}, std::array{2, 1, 3, 4}, std::array{6, 4, 1, 1}}) {
        const Image part = expand(held, 3, y, x, height, width);
        EXPECT_EQ(part.height, height);
        EXPECT_EQ(part.pixels, crop(whole, y, x, height, width).pixels) << depth << " " << y;
      }
    }
  }
}

TEST(Compact, KnowsWhichPartIsGray) {
  Image image = with_channels(pattern(7, 5, 1), 3);
  image.at(3, 2, 2) += 0.25f;  // the one pixel with a colour
  for (const int depth : {8, 16}) {
    const CompactImage held = compact(image, depth);
    EXPECT_FALSE(is_gray(held, 0, 0, 7, 5));
    EXPECT_FALSE(is_gray(held, 3, 2, 1, 1));
    EXPECT_TRUE(is_gray(held, 0, 0, 3, 5));
    EXPECT_TRUE(is_gray(held, 3, 0, 4, 2));
    EXPECT_TRUE(is_gray(held, 2, 3, 5, 2));
    EXPECT_TRUE(is_gray(compact(pattern(7, 5, 1), depth), 0, 0, 7, 5));
  }
}

TEST(Compact, RoundsToTheNearestStepAndClamps) {
  Image image(1, 5, 1);
  image.pixels = {-0.5f, 100.4f / 255, 100.6f / 255, 1.5f, 1.0f};
  EXPECT_EQ(compact(image, 8).bytes, (std::vector<uint8_t>{0, 100, 101, 255, 255}));
  EXPECT_EQ(compact(image, 16).words.front(), 0);
  EXPECT_EQ(compact(image, 16).words[3], 65535);
}

TEST(Compact, KnowsWhetherItHoldsAnything) {
  EXPECT_TRUE(CompactImage().empty());
  EXPECT_FALSE(compact(Image(1, 1, 1), 8).empty());
  EXPECT_FALSE(compact(Image(1, 1, 1), 16).empty());
}

}  // namespace
}  // namespace limpid
