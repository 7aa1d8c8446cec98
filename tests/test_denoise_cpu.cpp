// The denoiser on the CPU engine: any tiles give the bits of the whole.
#include <gtest/gtest.h>

#include "core/engine/cpu.h"
#include "core/model/presets.h"
#include "tests/tiled_restoring.h"

namespace limpid {
namespace {

// Up to 4 channels, which are computed pixel by pixel, and up to 24, in squares as well.
TEST(DenoiseCpu, TiledEqualsWholeInRandomNetworks) {
  const auto engine = make_cpu_engine();
  int in_squares = 0;
  for (const int width : {1, 6}) {
    for (uint32_t seed = 0; seed < 12; ++seed) {
      SCOPED_TRACE(testing::Message() << width << ' ' << seed);
      const Model model = RandomModel(seed, width).make(seed % 2 == 0 ? 1 : 3);
      const TileRule rule = engine->tile_rule(model);
      const int side = 2 * rule.radius + 5 * rule.multiple;
      const Image noisy =
          random_picture(side + int(seed % 3), side / 2 + int(seed), model.channels);
      EXPECT_GT(expect_tiled_equals_whole(*engine, model, noisy), 1);
      in_squares += rule.radius > receptive_radius(model);
    }
  }
  EXPECT_GE(in_squares, 6);
}

TEST(DenoiseCpu, SmallSizesTiledEqualWhole) {
  const auto engine = make_cpu_engine();
  for (const int height : {1, 2, 3, 4, 5, 7, 13, 31, 47, 48, 49, 53, 64, 79}) {
    for (const int width : {1, 61}) {
      expect_tiled_equals_whole(*engine, classroom(3), random_picture(height, width, 3));
    }
  }
}

TEST(DenoiseCpu, OddAndPrimeSizesTiledEqualWholeInTheArticlesNetwork) {
  const auto engine = make_cpu_engine();
  int cut = 0;
  for (const auto& [height, width] : {std::pair(1, 1), {2, 3}, {5, 227}, {151, 97}}) {
    cut += expect_tiled_equals_whole(*engine, article(3), random_picture(height, width, 3)) > 1;
  }
  EXPECT_GE(cut, 2);
}

}  // namespace
}  // namespace limpid
