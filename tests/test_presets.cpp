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
    for (int channels : {1, 3}) {
      const Model model = preset(name, channels);
      EXPECT_NO_THROW(check(model)) << name;
      EXPECT_EQ(model.name, name);
      EXPECT_EQ(model.channels, channels);
    }
  }
}

TEST(Presets, ClassroomIsSmall) { EXPECT_LT(summarize(classroom(), 64, 64).parameters, 60'000); }

TEST(Presets, AnUnknownNameListsTheKnown) {
  try {
    preset("Article");
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "no preset is called 'Article' (there are: article, classroom)");
  }
}

}  // namespace
}  // namespace limpid
