#include "native/report/chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace limpid {
namespace {

constexpr Color blue = {0, 0, 1};
constexpr Color red = {1, 0, 0};

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
  for (const auto& values : {std::vector<double>{},
                             {nan},
                             {infinity, 1, nan, 2},
                             {0, 0},
                             {1e-9, 5},
                             {-1e308, 1e308},
                             {1e-320, 1},
                             {1e-200, 1e200},
                             {0, 5e-324}}) {
    const Image image = draw_chart({"t", "", "loss", {{"a", blue, values}}});
    for (const float value : image.pixels) ASSERT_TRUE(value >= 0 && value <= 1);
  }
}

}  // namespace
}  // namespace limpid
