#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "core/classical/median.h"
#include "tests/bands.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

float sorted_middle(const Image& image, int y, int x, int c, int r) {
  std::vector<float> window;
  for (int v = y - r; v <= y + r; ++v) {
    for (int u = x - r; u <= x + r; ++u) {
      window.push_back(
          image.at(reflected(std::abs(v), image.height), reflected(std::abs(u), image.width), c));
    }
  }
  std::sort(window.begin(), window.end());
  return window[window.size() / 2];
}

TEST(Median, IsTheMiddleOfTheSortedWindow) {
  for (const double sigma : {0.1, 0.2, 0.5}) {
    const Image image = pattern(9, 11, 3);
    const Image restored = median_rows(image, {0, image.height}, sigma);
    for (int y = 0; y < image.height; ++y) {
      for (int x = 0; x < image.width; ++x) {
        for (int c = 0; c < 3; ++c) {
          ASSERT_EQ(restored.at(y, x, c), sorted_middle(image, y, x, c, median_radius(sigma)));
        }
      }
    }
  }
}

TEST(Median, TakesOutASinglePixelAndKeepsAnEdge) {
  Image image(12, 12, 1, 0.2f);
  for (int y = 0; y < 12; ++y) {
    for (int x = 6; x < 12; ++x) image.at(y, x, 0) = 0.8f;
  }
  const Image edge = image;
  image.at(5, 2, 0) = 1;
  EXPECT_EQ(median_rows(image, {0, image.height}, 0.1).pixels, edge.pixels);
}

TEST(Median, TheWindowGrowsWithTheNoise) {
  EXPECT_EQ(median_radius(0.01), 1);
  EXPECT_EQ(median_radius(0.2), 2);
  EXPECT_EQ(median_radius(0.5), 3);
}

TEST(Median, BandsEqualTheWhole) {
  for (const double sigma : {0.1, 0.5}) {
    for (const Image& noisy : noisy_pictures()) {
      expect_bands_equal_whole(noisy, median_radius(sigma), [&](const Image& part, RowSpan rows) {
        return median_rows(part, rows, sigma);
      });
    }
  }
}

}  // namespace
}  // namespace limpid
