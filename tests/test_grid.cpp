#include "native/report/grid.h"

#include <gtest/gtest.h>

namespace limpid {
namespace {

constexpr float values[3] = {0.25f, 0.5f, 0.75f};

Example example(int height, int width, int channels = 3) {
  return for_grid({.name = "picture",
                   .clean = Image(height, width, channels, values[0]),
                   .noisy = Image(height, width, channels, values[1]),
                   .restored = Image(height, width, channels, values[2]),
                   .noisy_quality = {.rmse = 0.25, .psnr = 12, .ssim = 0.1},
                   .restored_quality = {.rmse = 0.5, .psnr = 6, .ssim = 0.2}});
}

// Pixels of exactly that gray, and their rows.
struct Found {
  int count = 0;
  int first = 1 << 30;
  int last = -1;
};
Found find(const Image& image, float gray) {
  Found found;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (image.at(y, x, 0) != gray || image.at(y, x, 1) != gray || image.at(y, x, 2) != gray) {
        continue;
      }
      ++found.count;
      found.first = std::min(found.first, y);
      found.last = std::max(found.last, y);
    }
  }
  return found;
}

TEST(Grid, ShowsPicturesPixelByPixelInThreeRows) {
  const Image grid = draw_grid({"title", "subtitle"}, {example(200, 240), example(200, 240, 1)});
  int below = 0;
  for (const float value : values) {
    const Found found = find(grid, value);
    EXPECT_NEAR(found.count, 2 * 200 * 240, 200);  // a few letters' edges have that gray as well
    EXPECT_GT(found.last, below);
    below = found.last;
  }
}

TEST(Grid, EnlargesSmallPicturesAndShrinksLargeOnes) {
  EXPECT_NEAR(find(draw_grid({}, {example(64, 64)}), values[0]).count, 192 * 192, 200);
  EXPECT_NEAR(find(draw_grid({}, {example(1, 50)}), values[0]).count, 4 * 200, 200);
  // Resizing rounds to 1/255.
  const Example large = example(1000, 500);
  EXPECT_EQ(large.restored.width, 192);  // all that is held of it
  const Image grid = draw_grid({}, {large});
  EXPECT_GT(grid.height, 3 * 384);
  EXPECT_LT(grid.height, 3 * 384 + 400);
}

TEST(Grid, TakesPicturesOfSeveralSizes) {
  const Image grid = draw_grid({}, {example(200, 300), example(300, 200), example(1, 1)});
  EXPECT_NEAR(find(grid, values[2]).count, 2 * 200 * 300 + 192 * 192, 300);
}

}  // namespace
}  // namespace limpid
