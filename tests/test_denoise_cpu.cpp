// The denoiser on the CPU engine: any tiles give the bits of the whole.
#include <gtest/gtest.h>

#include "core/engine/cpu.h"
#include "core/model/presets.h"
#include "tests/tiled_restoring.h"

namespace limpid {
namespace {

TEST(DenoiseCpu, TiledEqualsWholeInRandomNetworks) {
  const auto engine = make_cpu_engine();
  for (uint32_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    const Model model = RandomModel(seed).make(seed % 2 == 0 ? 1 : 3);
    const int side = 2 * receptive_radius(model) + 5 * size_multiple(model);
    const Image noisy = random_picture(side + int(seed % 3), side / 2 + int(seed), model.channels);
    EXPECT_GT(expect_tiled_equals_whole(*engine, model, noisy), 1);
  }
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
  for (const auto& [height, width] : {std::pair(1, 1), {2, 3}, {5, 127}, {71, 97}}) {
    cut += expect_tiled_equals_whole(*engine, article(3), random_picture(height, width, 3)) > 1;
  }
  EXPECT_GE(cut, 2);
}

}  // namespace
}  // namespace limpid
