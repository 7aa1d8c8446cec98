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
  const Image pictures = filter_pictures(model, weights);
  EXPECT_EQ(pictures.height, 16 * 3);
  EXPECT_EQ(pictures.width, 3);
  EXPECT_EQ(pictures.channels, 3);
  EXPECT_FLOAT_EQ(pictures.at(0, 0, 0), 0);
  EXPECT_FLOAT_EQ(pictures.at(0, 0, 1), 0.75f);
  EXPECT_FLOAT_EQ(pictures.at(0, 0, 2), 0.5f);
  EXPECT_FLOAT_EQ(pictures.at(3, 1, 2), 1);
  EXPECT_FLOAT_EQ(pictures.at(6, 0, 0), 0.5f);  // filter 2: all zero
}

TEST(Filters, FillTheRange) {
  const Model model = fast();
  const Image pictures = filter_pictures(model, initial_weights(model, 3));
  EXPECT_EQ(pictures.height, 32 * 5);
  EXPECT_EQ(pictures.width, 5);
  const auto [low, high] = std::minmax_element(pictures.pixels.begin(), pictures.pixels.end());
  EXPECT_GE(*low, 0);
  EXPECT_LE(*high, 1);
  EXPECT_TRUE(*low == 0 || *high == 1);
}

TEST(Filters, NeedAKernel) {
  Model model = classroom();
  model.layers.insert(model.layers.begin(), {.name = "first", .kind = LayerKind::dropout});
  EXPECT_EQ(filter_pictures(model, zeros(model)).count(), 0u);
}

}  // namespace
}  // namespace limpid
