#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "core/classical/bilateral.h"
#include "tests/bands.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

// The definition in double precision.
double mean_of_like(const Image& image, int y, int x, int c, double sigma) {
  double sum = 0, weights = 0;
  for (int dy = -5; dy <= 5; ++dy) {
    for (int dx = -5; dx <= 5; ++dx) {
      const int v = reflected(std::abs(y + dy), image.height);
      const int u = reflected(std::abs(x + dx), image.width);
      double squares = 0;
      for (int k = 0; k < image.channels; ++k) {
        squares += std::pow(double(image.at(v, u, k)) - image.at(y, x, k), 2);
      }
      const double weight = std::exp(-(dy * dy + dx * dx) / (2 * 1.8 * 1.8)) *
                            std::exp(-squares / image.channels / (2 * 4 * sigma * sigma));
      sum += weight * image.at(v, u, c);
      weights += weight;
    }
  }
  return sum / weights;
}

TEST(Bilateral, IsTheMeanByDistanceAndColour) {
  for (const int channels : {1, 3}) {
    const Image image = pattern(9, 7, channels);
    const Image restored = bilateral_rows(image, {0, image.height}, 0.1);
    for (int y = 0; y < image.height; ++y) {
      for (int x = 0; x < image.width; ++x) {
        for (int c = 0; c < channels; ++c) {
          ASSERT_NEAR(restored.at(y, x, c), mean_of_like(image, y, x, c, 0.1), 1e-5);
        }
      }
    }
  }
}

TEST(Bilateral, KeepsAStepThatIsFarOverTheNoise) {
  Image image(10, 20, 1, 0.1f);
  for (int y = 0; y < 10; ++y) {
    for (int x = 10; x < 20; ++x) image.at(y, x, 0) = 0.9f;
  }
  const Image restored = bilateral_rows(image, {0, image.height}, 0.05);
  for (size_t i = 0; i < image.count(); ++i) EXPECT_NEAR(restored.pixels[i], image.pixels[i], 1e-4);
}

TEST(Bilateral, BandsEqualTheWhole) {
  for (const Image& noisy : noisy_pictures()) {
    expect_bands_equal_whole(noisy, bilateral_radius, [](const Image& part, RowSpan rows) {
      return bilateral_rows(part, rows, 0.1);
    });
  }
}

}  // namespace
}  // namespace limpid
