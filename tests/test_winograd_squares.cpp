#include "core/engine/winograd_squares.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/winograd_shapes.h"

namespace limpid {
namespace {

TEST(WinogradSquares, EveryOutputIsOnesOwn) {
  for (const ConvolutionShape& shape : winograd_shapes()) {
    SCOPED_TRACE(text_of(shape));
    const WinogradSquares squares(shape);
    std::set<size_t> seen;
    for (const WinogradPhase& phase : squares.phases()) {
      for (int square = 0; square < squares.count(); ++square) {
        for (int i = 0; i < winograd_outputs * winograd_outputs; ++i) {
          if (const auto at = squares.output(phase, square, i)) {
            EXPECT_TRUE(seen.insert(*at).second);
          }
        }
      }
    }
    EXPECT_EQ(seen.size(), size_t(shape.output.height) * shape.output.width);
    EXPECT_EQ(*seen.rbegin() + 1, seen.size());
  }
}

TEST(WinogradSquares, PhasesShareOutTheTaps) {
  const WinogradSquares whole(convolution_of(false, 3, 1, {8, 8, 16}, 16));
  ASSERT_EQ(whole.phases().size(), 1u);
  EXPECT_EQ(whole.phases()[0].positions.size(), 36u);
  const WinogradSquares four(convolution_of(true, 4, 2, {8, 8, 16}, 16));
  ASSERT_EQ(four.phases().size(), 4u);
  std::set<size_t> taps;
  for (const WinogradPhase& phase : four.phases()) {
    EXPECT_EQ(phase.positions.size(), 25u);
    for (int t = 0; t < 9; ++t) {
      const auto tap = four.tap(phase, t / 3, t % 3);
      EXPECT_TRUE(!tap || taps.insert(*tap).second);
    }
  }
  EXPECT_EQ(taps.size(), 16u);
}

TEST(WinogradSquares, SuitsWhatItSpeedsUp) {
  const Shape size = {16, 16, 32};
  EXPECT_TRUE(winograd_suits(convolution_of(false, 3, 1, size, 32)));
  EXPECT_TRUE(winograd_suits(convolution_of(true, 4, 2, size, 32)));
  EXPECT_FALSE(winograd_suits(convolution_of(false, 3, 2, size, 32)));
  EXPECT_FALSE(winograd_suits(convolution_of(false, 5, 1, size, 32)));
  EXPECT_FALSE(winograd_suits(convolution_of(true, 2, 2, size, 32)));
  EXPECT_FALSE(winograd_suits(convolution_of(false, 3, 1, size, 3)));
  EXPECT_FALSE(winograd_suits(convolution_of(false, 3, 1, {16, 16, 3}, 32)));
  ConvolutionShape shape = convolution_of(false, 3, 1, size, 32);
  shape.squares = false;
  EXPECT_FALSE(winograd_suits(shape));
  shape = convolution_of(true, 4, 2, size, 32);
  shape.pooled = true;
  EXPECT_FALSE(winograd_suits(shape));
}

}  // namespace
}  // namespace limpid
