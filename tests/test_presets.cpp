#include <gtest/gtest.h>

#include "core/error.h"
#include "core/model/presets.h"
#include "core/model/summary.h"

namespace limpid {
namespace {

std::vector<int64_t> counts(const Model& model) {
  std::vector<int64_t> counts;
  for (const LayerSummary& layer : summarize(model, 256, 256).layers) {
    if (layer.parameters > 0) counts.push_back(layer.parameters);
  }
  return counts;
}

TEST(Presets, ArticleHasTheArticlesParameters) {
  const std::vector<int64_t> expected = {7168, 295'040, 73'792, 73'856, 295'168, 6915};
  EXPECT_EQ(counts(article()), expected);
  EXPECT_EQ(summarize(article(), 256, 256).parameters, 751'939);
}

TEST(Presets, ArticleEndsInASigmoidAndIsReluBefore) {
  const Model model = article();
  for (const Layer& layer : model.layers) {
    if (layer.kind != LayerKind::conv) continue;
    EXPECT_EQ(layer.kernel, 3);
    EXPECT_EQ(layer.activation, layer.name == "out" ? Activation::sigmoid : Activation::relu)
        << layer.name;
  }
}

TEST(Presets, AllAreModelsForGrayAndColor) {
  for (const std::string& name : preset_names()) {
    EXPECT_TRUE(is_preset(name));
    for (int channels : {1, 3}) {
      const Model model = preset(name, channels);
      EXPECT_NO_THROW(check(model)) << name;
      EXPECT_EQ(model.name, name);
      EXPECT_EQ(model.channels, channels);
    }
  }
}

TEST(Presets, ClassroomIsSmall) { EXPECT_LT(summarize(classroom(), 64, 64).parameters, 60'000); }

// What a browser and a shell can afford; in 16 bits 600 kB and 3 MB. FFDNet takes 27.9 GFLOP.
TEST(Presets, ThoseForPhotographsAreWithinTheirBudgets) {
  const Summary quick = summarize(fast(), 256, 256);
  EXPECT_EQ(quick.parameters, 276'547);
  EXPECT_LE(quick.flops, 3'100'000'000);
  EXPECT_LE(quick.parameters * 2, 600'000);
  const Summary good = summarize(photo(), 256, 256);
  EXPECT_EQ(good.parameters, 1'314'739);
  EXPECT_LE(good.flops, summarize(article(), 256, 256).flops / 2);
  EXPECT_LE(good.parameters * 2, 3'000'000);
  const Summary best = summarize(deep(), 256, 256);
  EXPECT_EQ(best.parameters, 1'370'915);
  EXPECT_LE(best.flops, 27'000'000'000);
  EXPECT_LE(best.parameters * 2, 3'000'000);
}

// A residual U-net whose weights are zero guesses no noise.
TEST(Presets, ThoseForPhotographsAddToThePicture) {
  for (const Model& model : {fast(), photo(), deep()}) {
    EXPECT_EQ(model.layers.back().kind, LayerKind::add);
    EXPECT_EQ(model.layers.back().inputs, (std::vector<std::string>{"input", "noise"}));
    EXPECT_EQ(size_multiple(model), 8);
  }
}

TEST(Presets, AnUnknownNameListsTheKnown) {
  EXPECT_FALSE(is_preset("Article"));
  try {
    preset("Article");
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "no preset is called 'Article' (there are: article, classroom, fast, photo, "
                 "deep)");
  }
}

}  // namespace
}  // namespace limpid
