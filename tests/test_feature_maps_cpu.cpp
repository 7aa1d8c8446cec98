// Feature maps on the CPU engine, which makes them in the window, the page and the shell.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/engine/cpu.h"
#include "core/engine/reference.h"
#include "core/feature_maps.h"
#include "core/model/presets.h"
#include "tests/random_state.h"
#include "tests/random_values.h"

namespace limpid {
namespace {

// Each layer of networks with skips, pooling and upsampling, for a picture that is grown.
TEST(FeatureMapsCpu, AgreeWithTheReferenceOnEveryLayer) {
  const auto reference = make_reference_engine(), cpu = make_cpu_engine();
  for (const char* name : {"classroom", "fast"}) {
    const Model model = preset(name);
    const std::vector<Tensor> weights = random_state(model).weights;
    Image picture(21, 30, 3);
    picture.pixels = random_values(picture.count(), 5);
    for (int i = 0; i < int(model.layers.size()); ++i) {
      const FeatureMaps truth = feature_maps(*reference, model, weights, i, picture);
      const FeatureMaps maps = feature_maps(*cpu, model, weights, i, picture, 1);
      ASSERT_EQ(maps.shape, truth.shape);
      float most = 0, apart = 0;
      for (size_t k = 0; k < maps.values.size(); ++k) {
        most = std::max(most, std::abs(truth.values[k]));
        apart = std::max(apart, std::abs(maps.values[k] - truth.values[k]));
      }
      EXPECT_GT(most, 0) << model.layers[size_t(i)].name;
      EXPECT_LT(apart, 1e-5f * std::max(most, 1.0f)) << model.layers[size_t(i)].name;
    }
  }
}

}  // namespace
}  // namespace limpid
