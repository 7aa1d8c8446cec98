#include "core/image/pyramid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace limpid {
namespace {

Raster pattern(int height, int width, int channels, int maximum) {
  Raster raster(height, width, channels, maximum);
  std::visit(
      [&](auto& steps) {
        for (size_t i = 0; i < steps.size(); ++i) {
          steps[i] = std::decay_t<decltype(steps[0])>(i * 7919 % size_t(maximum + 1));
        }
      },
      raster.steps);
  return raster;
}

// Of the picture's pixels that pixel (y, x) of a level stands for, in steps.
double mean(const Raster& picture, int level, int y, int x, int c) {
  const int side = 1 << level;
  double sum = 0;
  int count = 0;
  for (int i = y * side; i < std::min((y + 1) * side, picture.height); ++i) {
    for (int j = x * side; j < std::min((x + 1) * side, picture.width); ++j, ++count) {
      sum += double(picture.at(i, j, c)) * picture.maximum;
    }
  }
  return sum / count;
}

TEST(Pyramid, EachLevelIsTheMeanOfThePicturesPixels) {
  struct Size {
    int height, width, channels, maximum;
  };
  for (const Size& size : {Size{600, 517, 3, 255}, Size{1031, 3, 1, 255}, Size{7, 1025, 3, 65535},
                           Size{513, 514, 1, 1000}, Size{1, 2050, 1, 255}}) {
    const Raster picture = pattern(size.height, size.width, size.channels, size.maximum);
    const SharedPyramid pyramid = make_pyramid(picture);
    EXPECT_EQ(pyramid->picture().steps, picture.steps);
    for (int k = 0; k < int(pyramid->levels.size()); ++k) {
      const Raster& level = pyramid->levels[size_t(k)];
      ASSERT_EQ(level.height, std::ceil(size.height / std::ldexp(1.0, k)));
      ASSERT_EQ(level.width, std::ceil(size.width / std::ldexp(1.0, k)));
      double worst = 0;
      for (int y = 0; y < level.height; ++y) {
        for (int x = 0; x < level.width; ++x) {
          for (int c = 0; c < level.channels; ++c) {
            const double step = double(level.at(y, x, c)) * level.maximum;
            worst = std::max(worst, std::abs(step - mean(picture, k, y, x, c)));
          }
        }
      }
      EXPECT_LE(worst, 0.5 * k + 1e-2) << size.height << " x " << size.width << ", level " << k;
    }
  }
}

TEST(Pyramid, EndsWhereOneTileShowsAll) {
  EXPECT_EQ(make_pyramid(Raster(256, 256, 1, 255))->levels.size(), 1u);
  EXPECT_EQ(make_pyramid(Raster(257, 1, 1, 255))->levels.size(), 2u);
  const SharedPyramid large = make_pyramid(Raster(1, 10000, 3, 255));
  EXPECT_EQ(large->levels.size(), 7u);
  EXPECT_EQ(large->levels.back().width, 157);
  EXPECT_EQ(large->bytes(), 3u * (10000 + 5000 + 2500 + 1250 + 625 + 313 + 157));
}

}  // namespace
}  // namespace limpid
