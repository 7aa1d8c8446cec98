#include "native/report/chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace limpid {
namespace {

constexpr Color blue = {0, 0, 1};
constexpr Color red = {1, 0, 0};

TEST(Ticks, AreRoundNumbersAroundTheValues) {
  const Ticks ticks = value_ticks(0.0117, 0.069);
  EXPECT_FALSE(ticks.logarithmic);
  ASSERT_EQ(ticks.values.size(), 7u);
  for (int i = 0; i < 7; ++i) EXPECT_NEAR(ticks.values[i], 0.01 * (i + 1), 1e-12);
}

TEST(Ticks, HoldAllValuesAndAreNotMany) {
  for (const double least : {-3.0, 0.0, 1e-6, 0.02, 0.9, 7.0, 123.0}) {
    for (const double factor : {1.0, 1.001, 1.5, 3.0, 9.9, 10.1, 40.0, 1e3, 1e6}) {
      const double most = std::max(least * factor, least);
      const Ticks ticks = value_ticks(least, most);
      EXPECT_LE(ticks.low, least + 1e-12) << least << ' ' << most;
      EXPECT_GE(ticks.high, most * (1 - 1e-9)) << least << ' ' << most;
      EXPECT_GE(ticks.values.size(), 2u) << least << ' ' << most;
      EXPECT_LE(ticks.values.size(), 12u) << least << ' ' << most;
      EXPECT_EQ(ticks.logarithmic, least > 0 && most > 10 * least);
      EXPECT_TRUE(std::is_sorted(ticks.values.begin(), ticks.values.end()));
    }
  }
}

TEST(Ticks, OfEpochsAreWhole) {
  EXPECT_EQ(epoch_ticks(1).values, (std::vector<double>{1}));
  EXPECT_EQ(epoch_ticks(4).values, (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(epoch_ticks(50).values,
            (std::vector<double>{1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50}));
  for (const int epochs : {13, 99, 1000, 123456}) {
    const Ticks ticks = epoch_ticks(epochs);
    EXPECT_LE(ticks.values.size(), 12u);
    EXPECT_EQ(ticks.low, 1);
    EXPECT_EQ(ticks.high, epochs);
  }
}

TEST(Ticks, HaveReadableNumbers) {
  EXPECT_EQ(tick_text(1e-14), "0");
  EXPECT_EQ(tick_text(0.02), "0.02");
  EXPECT_EQ(tick_text(5e-5), "5e-05");
  EXPECT_EQ(tick_text(500), "500");
  EXPECT_EQ(tick_text(20'000), "20,000");
  EXPECT_EQ(tick_text(-1'000'000), "-1,000,000");
}

size_t pixels_like(const Image& image, Color color, int first_row, int end_row) {
  size_t count = 0;
  for (int y = first_row; y < end_row; ++y) {
    for (int x = 0; x < image.width; ++x) {
      count += image.at(y, x, 0) == color.red && image.at(y, x, 1) == color.green &&
               image.at(y, x, 2) == color.blue;
    }
  }
  return count;
}

TEST(Chart, DrawsEachCurveWhereItsValuesAre) {
  const Chart chart = {
      .title = "t",
      .subtitle = "",
      .y_label = "loss",
      .curves = {{"high", blue, {1.0, 0.98, 1.0}}, {"low", red, {0.5, 0.51, 0.5}}}};
  const Image image = draw_chart(chart);
  ASSERT_EQ(image.width, 1280);
  ASSERT_EQ(image.height, 800);
  EXPECT_GT(pixels_like(image, blue, 110, 250), 1000u);
  EXPECT_EQ(pixels_like(image, blue, 500, 800), 0u);
  EXPECT_GT(pixels_like(image, red, 500, 720), 1000u);
  EXPECT_EQ(pixels_like(image, red, 110, 400), 0u);
}

TEST(Chart, LeavesOutWhatCannotBeDrawn) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const auto& values :
       {std::vector<double>{}, {nan}, {infinity, 1, nan, 2}, {0, 0}, {1e-9, 5}}) {
    const Image image = draw_chart({"t", "", "loss", {{"a", blue, values}}});
    for (const float value : image.pixels) ASSERT_TRUE(value >= 0 && value <= 1);
  }
}

}  // namespace
}  // namespace limpid
