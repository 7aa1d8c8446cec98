#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <vector>

#include "core/classical/planes.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

float mirrored(const Image& image, int y, int x, int c) {
  return image.at(reflected(std::abs(y), image.height), reflected(std::abs(x), image.width), c);
}

TEST(Planes, AreThePictureAndItsMirroredSurroundings) {
  for (const int channels : {1, 3}) {
    const Image image = pattern(7, 5, channels);
    const Planes planes(image, {2, 6}, 9);  // a border that reaches round the picture and back
    EXPECT_EQ(planes.channels(), channels);
    ASSERT_EQ(planes.height(), 4);
    ASSERT_EQ(planes.width(), 5);
    for (int c = 0; c < channels; ++c) {
      for (int y = -9; y < 4 + 9; ++y) {
        for (int x = -9; x < 5 + 9; ++x) {
          ASSERT_EQ(*planes.at(c, y, x), mirrored(image, 2 + y, x, c)) << c << " " << y << " " << x;
        }
      }
    }
  }
}

TEST(Planes, DistancesAreSquaresOverTheChannels) {
  const Image image = pattern(6, 8, 3);
  const Planes planes(image, {0, 6}, 3);
  std::vector<float> found(10, 7.0f);
  planes.distances(2, -1, -3, 2, found);
  for (int x = -1; x < 9; ++x) {
    double expected = 0;
    for (int c = 0; c < 3; ++c) {
      expected += std::pow(double(mirrored(image, -1, x + 2, c)) - mirrored(image, 2, x, c), 2);
    }
    EXPECT_NEAR(found[size_t(x + 1)], expected, 1e-6) << x;
  }
}

TEST(ShiftedMeans, WeighEachPixelByItself) {
  const Image image = pattern(5, 4, 3);
  const Planes planes(image, {1, 4}, 2);
  ShiftedMeans means(planes);
  const std::vector<float> half = {0.5f, 1, 1.5f, 2}, twice = {2, 1, 0.5f, 0.25f};
  for (int y = 0; y < 3; ++y) {
    means.add(y, 0, 0, half);
    means.add(y, -2, 1, twice);
  }
  const Image result = means.result();
  ASSERT_EQ(result.height, 3);
  ASSERT_EQ(result.width, 4);
  ASSERT_EQ(result.channels, 3);
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 4; ++x) {
      for (int c = 0; c < 3; ++c) {
        const float a = half[size_t(x)], b = twice[size_t(x)];
        const float sum = a * image.at(1 + y, x, c) + b * mirrored(image, y - 1, x + 1, c);
        EXPECT_NEAR(result.at(y, x, c), sum / (a + b), 1e-6);
      }
    }
  }
}

}  // namespace
}  // namespace limpid
