#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/classical/nlm.h"
#include "tests/bands.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

float mirrored(const Image& image, int y, int x, int c) {
  return image.at(reflected(std::abs(y), image.height), reflected(std::abs(x), image.width), c);
}

// The definition in double precision.
double mean_of_like(const Image& image, int y, int x, int c, double sigma) {
  const NlmSettings settings = nlm_settings(sigma, image.channels);
  const int r = settings.patch_radius;
  double sum = 0, weights = 0;
  for (int dy = -10; dy <= 10; ++dy) {
    for (int dx = -10; dx <= 10; ++dx) {
      double squares = 0;
      for (int v = y - r; v <= y + r; ++v) {
        for (int u = x - r; u <= x + r; ++u) {
          for (int k = 0; k < image.channels; ++k) {
            squares +=
                std::pow(double(mirrored(image, v, u, k)) - mirrored(image, v + dy, u + dx, k), 2);
          }
        }
      }
      const double distance = squares / ((2 * r + 1) * (2 * r + 1) * image.channels);
      const double weight =
          std::exp(-std::max(distance - 2 * sigma * sigma, 0.0) / (settings.h * settings.h));
      sum += weight * mirrored(image, y + dy, x + dx, c);
      weights += weight;
    }
  }
  return sum / weights;
}

TEST(Nlm, IsTheMeanByPatches) {
  for (const int channels : {1, 3}) {
    for (const double sigma : {0.03, 0.15}) {
      const Image image = pattern(8, 13, channels);
      const Image restored = nlm_rows(image, {0, image.height}, sigma);
      for (int y = 0; y < image.height; ++y) {
        for (int x = 0; x < image.width; ++x) {
          ASSERT_NEAR(restored.at(y, x, channels - 1),
                      mean_of_like(image, y, x, channels - 1, sigma), 1e-4);
        }
      }
    }
  }
}

TEST(Nlm, PatchesGrowWithTheNoise) {
  EXPECT_EQ(nlm_settings(0.05, 3).patch_radius, 1);
  EXPECT_EQ(nlm_settings(0.4, 3).patch_radius, 3);
  EXPECT_EQ(nlm_settings(0.4, 1).patch_radius, 5);
  EXPECT_DOUBLE_EQ(nlm_settings(0.05, 3).h, 0.0275);
}

TEST(Nlm, BandsEqualTheWhole) {
  for (const double sigma : {0.03, 0.4}) {
    for (const Image& noisy : noisy_pictures()) {
      expect_bands_equal_whole(
          noisy, nlm_reach(sigma, noisy.channels),
          [&](const Image& part, RowSpan rows) { return nlm_rows(part, rows, sigma); });
    }
  }
}

}  // namespace
}  // namespace limpid
