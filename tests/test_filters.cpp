#include "core/ui/work/filters.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/model/presets.h"

namespace limpid {
namespace {

TEST(Filters, AreTheKernelsOfTheFirstLayer) {
  const Model model = classroom();
  std::vector<Tensor> weights = zeros(model);
  std::vector<float>& kernel = weights.front().data;
  kernel[0] = -2;                        // filter 0: top left, red
  kernel[1] = 1;                         // and green
  kernel[size_t(3 * 3 * 3) + 5] = 0.1f;  // filter 1: the second pixel's blue
  const SharedPyramid filters = filter_pictures(model, weights);
  const Raster& pictures = filters->picture();
  EXPECT_EQ(pictures.height, 16 * 3);
  EXPECT_EQ(pictures.width, 3);
  EXPECT_EQ(pictures.channels, 3);
  constexpr float step = 1 / 255.0f;
  EXPECT_EQ(pictures.at(0, 0, 0), 0);
  EXPECT_NEAR(pictures.at(0, 0, 1), 0.75f, step);
  EXPECT_NEAR(pictures.at(0, 0, 2), 0.5f, step);
  EXPECT_EQ(pictures.at(3, 1, 2), 1);
  EXPECT_NEAR(pictures.at(6, 0, 0), 0.5f, step);  // filter 2: all zero
}

TEST(Filters, FillTheRange) {
  const Model model = fast();
  const SharedPyramid filters = filter_pictures(model, initial_weights(model, 3));
  const Raster& pictures = filters->picture();
  EXPECT_EQ(pictures.height, 32 * 5);
  EXPECT_EQ(pictures.width, 5);
  const auto& steps = std::get<std::vector<uint8_t>>(pictures.steps);
  const auto [low, high] = std::minmax_element(steps.begin(), steps.end());
  EXPECT_TRUE(*low == 0 || *high == 255);
  EXPECT_LT(*low, 64);
  EXPECT_GT(*high, 192);
}

TEST(Filters, NeedAKernel) {
  Model model = classroom();
  model.layers.insert(model.layers.begin(), {.name = "first", .kind = LayerKind::dropout});
  EXPECT_EQ(filter_pictures(model, zeros(model)), nullptr);
}

}  // namespace
}  // namespace limpid
