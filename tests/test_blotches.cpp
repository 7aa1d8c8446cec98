#include "core/noise/blotches.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/golden_noise.h"

namespace limpid {
namespace {

PlacedNoise blotches_of(float spacing) {
  return {.blotched = 1, .blotch_spacing = spacing, .sequence = {.seed = 9, .epoch = 2, .item = 3}};
}

// A spline of its kind gives the place itself back, half a node on.
TEST(Blotches, NodesWeighWhatLiesBetweenThem) {
  for (const float spacing : {1.0f, 2.5f, 16.0f}) {
    for (const int at : {0, 1, 7, 15, 16, 1000}) {
      const blotches::Nodes part = blotches::nodes(at, spacing);
      for (const float weight : {part.before, part.here, part.after}) EXPECT_GE(weight, 0);
      EXPECT_NEAR(part.before + part.here + part.after, 1, 1e-6);
      EXPECT_NEAR(float(part.first) + part.here + 2 * part.after,
                  (float(at) + 0.5f) / spacing + 0.5f, 1e-3)
          << spacing << " " << at;
    }
  }
}

TEST(Blotches, AreTheSplineBetweenNormalValues) {
  constexpr int height = 9, width = 13;
  const PlacedNoise noise = blotches_of(3);
  const std::vector<blotches::Colour> found = blotches::rows(noise, 0, height, width);
  ASSERT_EQ(found.size(), size_t(height) * width);
  // By definition: every node's share of every pixel.
  const auto spline = [](double x) {
    x = std::abs(x);
    return x < 0.5 ? 0.75 - x * x : x < 1.5 ? (1.5 - x) * (1.5 - x) / 2 : 0;
  };
  constexpr int in_row = 7;  // 12.5 / 3 lies in part 4, and there are three nodes about it
  Sequence sequence = noise.sequence;
  sequence.stream = Stream::blotches;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      double green = 0;
      for (int row = 0; row < 6; ++row) {
        for (int column = 0; column < in_row; ++column) {
          const double weight =
              spline((y + 0.5) / 3 + 0.5 - row) * spline((x + 0.5) / 3 + 0.5 - column);
          if (weight > 0) {
            green += weight * gaussian(sequence.block(uint32_t(row * in_row + column))[1]);
          }
        }
      }
      EXPECT_NEAR(found[size_t(y) * width + size_t(x)].green, green, 1e-5) << y << " " << x;
    }
  }
}

TEST(Blotches, AreTheSameWhereverTheRowsBegin) {
  for (const float spacing : {1.0f, 4.3f, 16.0f}) {
    const PlacedNoise noise = blotches_of(spacing);
    const std::vector<blotches::Colour> all = blotches::rows(noise, 0, 40, 21);
    const std::vector<blotches::Colour> some = blotches::rows(noise, 17, 6, 21);
    for (size_t i = 0; i < some.size(); ++i) EXPECT_EQ(some[i].blue, all[17 * 21 + i].blue);
  }
}

TEST(Blotches, AreAsBroadAsTheirSpacing) {
  for (const int spacing : {2, 4}) {
    constexpr int side = 512;
    const std::vector<blotches::Colour> all =
        blotches::rows(blotches_of(float(spacing)), 0, side, side);
    std::vector<float> red, green, blue, half, far;
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x + 3 * spacing < side; ++x) {
        const blotches::Colour* const at = &all[size_t(y) * side + x];
        red.push_back(at->red);
        green.push_back(at->green);
        blue.push_back(at->blue);
        half.push_back(at[spacing / 2].red);
        far.push_back(at[3 * spacing].red);
      }
    }
    // As many values are free as there are nodes.
    const double bound = deviations * spacing / side;
    EXPECT_NEAR(moments_of(red).variance, blotches::variance, 2 * bound * blotches::variance);
    EXPECT_NEAR(correlation(red, green), 0, bound);
    EXPECT_NEAR(correlation(red, blue), 0, bound);
    EXPECT_NEAR(correlation(green, blue), 0, bound);
    EXPECT_NEAR(correlation(red, far), 0, bound);
    EXPECT_NEAR(correlation(red, half), 0.7964,
                bound);  // the quintic B-spline at 1/2, of that at 0
  }
}

}  // namespace
}  // namespace limpid
