#include "core/chart/axis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

namespace limpid {
namespace {

TEST(Axis, LinearHasRoundMarksAroundTheValues) {
  const Axis axis = linear_axis(0.013, 0.087, 5);
  EXPECT_DOUBLE_EQ(axis.low, 0);
  EXPECT_DOUBLE_EQ(axis.high, 0.1);
  ASSERT_EQ(axis.marks.size(), 6u);
  EXPECT_DOUBLE_EQ(axis.marks[1], 0.02);
  EXPECT_EQ(mark_text(axis, axis.marks[1]), "0.02");
  EXPECT_EQ(mark_text(axis, axis.marks[0]), "0");
}

TEST(Axis, LinearMarksNeverLeaveTheAxis) {
  for (double low = -3; low < 3; low += 0.37) {
    for (double span = 0; span < 50; span = span * 1.7 + 0.3) {
      const double high = low + span;
      const Axis axis = linear_axis(low, high, 6);
      EXPECT_LE(axis.low, low + 1e-9);
      EXPECT_GE(axis.high, high - 1e-9);
      EXPECT_GE(axis.marks.size(), 2u);
      EXPECT_LE(axis.marks.size(), 9u) << low << " .. " << high;
    }
  }
}

TEST(Axis, EqualAndWrongEndsAreMovedApart) {
  EXPECT_LT(linear_axis(2, 2, 5).low, 2);
  EXPECT_GT(linear_axis(2, 2, 5).high, 2);
  EXPECT_LT(linear_axis(0, 0, 5).low, linear_axis(0, 0, 5).high);
  EXPECT_GT(logarithmic_axis(0, 1, 5).low, 0);
  EXPECT_LT(logarithmic_axis(0.02, 0.02, 5).low, 0.02);
}

// As somebody may have written them into the history of a run.
TEST(Axis, ValuesTooFarApartOrTooCloseForADifferenceGiveOneAllTheSame) {
  for (const auto& [low, high] : {std::pair(-1e308, 1e308), std::pair(0.0, 5e-324),
                                  std::pair(5e-324, 5e-324), std::pair(-1e-320, 1e-320)}) {
    const Axis axis = linear_axis(low, high, 5);
    EXPECT_LT(axis.low, axis.high) << low << " .. " << high;
    EXPECT_GE(axis.marks.size(), 2u);
  }
  for (const auto& [low, high] : {std::pair(1e-320, 1.0), std::pair(1e-200, 1e200)}) {
    const Axis axis = logarithmic_axis(low, high, 5);
    EXPECT_TRUE(std::isfinite(axis.high / axis.low)) << low << " .. " << high;
    EXPECT_TRUE(std::isfinite(position(axis, low)) && std::isfinite(position(axis, high)));
  }
}

TEST(Axis, LogarithmicMarksAreOneTwoFive) {
  const Axis axis = logarithmic_axis(0.0021, 0.07, 5);
  EXPECT_DOUBLE_EQ(axis.low, 0.002);
  EXPECT_DOUBLE_EQ(axis.high, 0.1);
  ASSERT_EQ(axis.marks.size(), 6u);  // 0.002 0.005 0.01 0.02 0.05 0.1
  EXPECT_DOUBLE_EQ(axis.marks[3], 0.02);
}

TEST(Axis, ManyPowersShowPowersOnly) {
  const Axis axis = logarithmic_axis(1e-9, 1, 5);
  EXPECT_EQ(axis.marks.size(), 10u);
  for (const double mark : axis.marks) {
    EXPECT_NEAR(std::log10(mark), std::round(std::log10(mark)), 1e-9);
  }
}

TEST(Axis, PositionIsAShareOfTheAxis) {
  const Axis linear = linear_axis(0, 10, 5);
  EXPECT_DOUBLE_EQ(position(linear, 0), 0);
  EXPECT_DOUBLE_EQ(position(linear, 2.5), 0.25);
  const Axis logarithmic = logarithmic_axis(0.01, 1, 5);
  EXPECT_DOUBLE_EQ(position(logarithmic, 0.1), 0.5);
  EXPECT_LT(position(logarithmic, 0.001), 0);
}

TEST(Axis, ThousandsAreSetApart) {
  const Axis epochs = whole_axis(1, 100'000, 5);
  ASSERT_EQ(epochs.marks.size(), 5u);
  EXPECT_EQ(mark_text(epochs, epochs.marks[0]), "20,000");
  EXPECT_EQ(mark_text(epochs, epochs.marks[4]), "100,000");
  EXPECT_EQ(mark_text(epochs, 999), "999");
  EXPECT_EQ(mark_text(epochs, 1000), "1,000");
  EXPECT_EQ(mark_text(epochs, 2'500'000), "2,500,000");
  EXPECT_EQ(mark_text(epochs, 1e7), "1e+07");
  const Axis values = linear_axis(-20'000, 500, 4);
  EXPECT_EQ(mark_text(values, values.marks[0]), "-20,000");
  EXPECT_EQ(mark_text(values, -500), "-500");
  EXPECT_EQ(mark_text(logarithmic_axis(1e-5, 1, 5), 5e-5), "5e-05");
}

TEST(Axis, WholeNumbersOnly) {
  const Axis axis = whole_axis(1, 50, 6);
  EXPECT_EQ(axis.low, 1);
  EXPECT_EQ(axis.high, 50);
  for (const double mark : axis.marks) EXPECT_EQ(mark, int(mark));
  EXPECT_EQ(axis.marks.front(), 10);
  EXPECT_EQ(whole_axis(1, 3, 8).marks.size(), 3u);
  EXPECT_EQ(whole_axis(1, 1, 8).high, 2);
}

}  // namespace
}  // namespace limpid
