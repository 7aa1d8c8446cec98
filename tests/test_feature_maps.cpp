#include "core/feature_maps.h"

#include <gtest/gtest.h>

#include "core/engine/reference.h"
#include "core/model/json.h"

namespace limpid {
namespace {

Model parsed(const std::string& layers) {
  return model_from_json(R"({"name": "tiny", "channels": 1, "layers": [)" + layers + "]}", "tiny");
}

// `aside` leads to the sum alone, and `deep` to nothing else either.
const char* const branched = R"(
  {"name": "first", "kind": "conv", "channels": 2, "kernel": 1},
  {"name": "aside", "kind": "conv", "channels": 1, "kernel": 3},
  {"name": "deep", "kind": "conv", "channels": 1, "kernel": 1, "inputs": ["first"]},
  {"name": "sum", "kind": "add", "inputs": ["aside", "deep"]})";

TEST(FeatureMaps, WhatDoesNotLeadThereIsCut) {
  const Model cut = cut_behind(parsed(branched), 2);
  ASSERT_EQ(cut.layers.size(), 2u);
  EXPECT_EQ(cut.layers[0].name, "first");
  EXPECT_EQ(cut.layers[0].inputs, std::vector<std::string>{"input"});
  EXPECT_EQ(cut.layers[1].name, "deep");
  EXPECT_EQ(cut.layers[1].inputs, std::vector<std::string>{"first"});
}

TEST(FeatureMaps, AreTheLayersValues) {
  const Model model = parsed(branched);
  std::vector<Tensor> weights = initial_weights(model, 1);
  weights[0].data = {2, -3};    // first.kernel: twice, and less than zero
  weights[1].data = {0, 0.5f};  // first.bias
  const auto engine = make_reference_engine();
  Image picture(2, 3, 1);
  for (size_t i = 0; i < picture.count(); ++i) picture.pixels[i] = float(i) / 8;
  const FeatureMaps maps = feature_maps(*engine, model, weights, 0, picture);
  ASSERT_EQ(maps.shape, (Shape{2, 3, 2}));
  for (size_t i = 0; i < picture.count(); ++i) {
    EXPECT_EQ(maps.values[2 * i], 2 * picture.pixels[i]);
    EXPECT_EQ(maps.values[2 * i + 1], 0.5f - 3 * picture.pixels[i]);
  }
}

// As the network as a whole sees it, whatever its first layers would take.
TEST(FeatureMaps, OfAPictureThatWasGrownAndOfTheNetworksChannels) {
  const Model model = parsed(R"(
      {"name": "first", "kind": "conv", "channels": 2, "kernel": 1},
      {"name": "pool", "kind": "max_pool"},
      {"name": "up", "kind": "upsample"},
      {"name": "out", "kind": "conv", "channels": 1})");
  std::vector<Tensor> weights = initial_weights(model, 1);
  weights[0].data = {2, 3};
  const auto engine = make_reference_engine();
  const FeatureMaps maps = feature_maps(*engine, model, weights, 0, Image(3, 5, 3, 0.25f));
  ASSERT_EQ(maps.shape, (Shape{4, 6, 2}));
  EXPECT_EQ(maps.values[0], 0.5f);
  EXPECT_EQ(maps.values.back(), 0.75f);
}

TEST(FeatureMaps, OfALargePictureTheMiddle) {
  Raster picture(300, 200, 3, 255);
  picture.set_step((size_t(22) * 200 + 7) * 3 + 1, 255);
  const Image middle = middle_of(picture);
  EXPECT_EQ(middle.height, 256);
  EXPECT_EQ(middle.width, 200);
  EXPECT_EQ(middle.at(0, 7, 1), 1);
  EXPECT_EQ(middle_rows(300).top, 22);
  EXPECT_EQ(middle_rows(300).count(), 256);
  EXPECT_EQ(middle_rows(20).count(), 20);
  EXPECT_EQ(middle_of(crop(picture, 22, 0, 256, 200)).pixels, middle.pixels);
}

TEST(FeatureMaps, AsAPictureEachHasItsOwnScale) {
  // Three maps of 1 x 2: never below 0, below 0, nothing.
  const FeatureMaps maps = {{1, 2, 3}, {1, -4, 0, 4, 2, 0}};
  const MapMosaic drawn = mosaic(maps);
  EXPECT_EQ(drawn.columns, 3);
  ASSERT_EQ(drawn.picture.height, 1);
  ASSERT_EQ(drawn.picture.width, 8);
  const auto step = [&](int x) { return drawn.picture.step(size_t(x)); };
  EXPECT_EQ(step(0), 64u);
  EXPECT_EQ(step(1), 255u);
  EXPECT_EQ(step(3), 0u);
  EXPECT_EQ(step(4), 191u);
  EXPECT_EQ(step(6), 0u);
  EXPECT_EQ(step(7), 0u);
  EXPECT_EQ(step(2), step(5));  // the gaps
  EXPECT_NE(step(2), 0u);
}

TEST(FeatureMaps, LieInRowsWithGapsBetween) {
  FeatureMaps maps = {{2, 64, 4}, std::vector<float>(2 * 64 * 4, 1)};
  for (size_t i = 3; i < maps.values.size(); i += 4) maps.values[i] = 0;  // the last map
  const MapMosaic drawn = mosaic(maps);
  EXPECT_EQ(drawn.gap, 2);
  ASSERT_EQ(drawn.picture.height, 6);
  ASSERT_EQ(drawn.picture.width, 130);
  const auto step = [&](int y, int x) { return drawn.picture.step(size_t(y * 130 + x)); };
  for (const int y : {0, 1, 4, 5}) {
    for (const int x : {0, 63, 66, 129}) {
      EXPECT_EQ(step(y, x), y >= 4 && x >= 66 ? 0u : 255u) << y << " " << x;
    }
    EXPECT_EQ(step(y, 65), 96u);
  }
  for (const int x : {0, 65, 129}) EXPECT_EQ(step(3, x), 96u);
}

TEST(FeatureMaps, RowsAreFullWhereTheyCanBe) {
  const auto columns = [](int n) { return mosaic({{2, 2, n}, std::vector<float>(4 * n)}).columns; };
  EXPECT_EQ(columns(256), 16);
  EXPECT_EQ(columns(128), 16);
  EXPECT_EQ(columns(48), 8);
  EXPECT_EQ(columns(3), 3);
  EXPECT_EQ(columns(1), 1);
  EXPECT_EQ(columns(13), 4);
}

}  // namespace
}  // namespace limpid
