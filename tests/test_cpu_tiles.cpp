// That such tiles have the bits of the whole is test_denoise_cpu's.
#include "core/engine/cpu_tiles.h"

#include <gtest/gtest.h>

#include "core/model/presets.h"

namespace limpid {
namespace {

TEST(CpuTiles, WithoutSquaresTheyOverlapByWhatTheNetworkSees) {
  const Model thin = {"thin", 3, {{.name = "a", .channels = 4}, {.name = "b", .channels = 3}}};
  EXPECT_EQ(cpu_tile_rule(thin).multiple, size_multiple(thin));
  EXPECT_EQ(cpu_tile_rule(thin).radius, receptive_radius(thin));
}

TEST(CpuTiles, EachLayerInSquaresLooksASquareFurther) {
  const Layer wide = {.name = "a", .channels = 16}, back = {.name = "c", .channels = 3};
  Layer second = wide;
  second.name = "b";
  const TileRule one = cpu_tile_rule({"m", 3, {wide, second, back}});
  EXPECT_EQ(one.multiple, 16);
  EXPECT_EQ(one.radius, 3 + 3);  // of b alone: 3 channels are too few
  Layer third = wide;
  third.name = "d";
  EXPECT_EQ(cpu_tile_rule({"m", 3, {wide, second, third, back}}).radius, 4 + 2 * 3);
}

TEST(CpuTiles, LayersDeepDownTakeNone) {
  for (const Model& model : {fast(), photo()}) {
    const TileRule rule = cpu_tile_rule(model);
    EXPECT_EQ(rule.multiple, 16);
    EXPECT_GT(rule.radius, receptive_radius(model));
    EXPECT_LT(rule.radius, 3 * receptive_radius(model));
  }
}

TEST(CpuTiles, AnUpsampledOneLooksFurtherInPixelsBeforeIt) {
  const Model model = {"m",
                       16,
                       {{.name = "pool", .kind = LayerKind::max_pool, .stride = 2},
                        {.name = "up", .kind = LayerKind::upsample, .stride = 2},
                        {.name = "out", .channels = 16}}};
  EXPECT_EQ(cpu_tile_rule(model).radius, receptive_radius(model) + 2 * 3);
}

}  // namespace
}  // namespace limpid
