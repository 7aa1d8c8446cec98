#include <gtest/gtest.h>

#include "core/model/presets.h"
#include "core/model/summary.h"

namespace limpid {
namespace {

TEST(Summary, ArticleCosts22GflopAPicture) {
  const Summary summary = summarize(article(), 256, 256);
  // 2 x 9 x in x out x pixels of its six convolutions.
  const int64_t pixels = 256 * 256;
  const int64_t expected =
      2 * 9 * pixels *
      (3 * 256 + 256 * 128 / 4 + 128 * 64 / 16 + 64 * 128 / 16 + 128 * 256 / 4 + 256 * 3);
  EXPECT_EQ(summary.flops, expected);
  EXPECT_NEAR(double(summary.flops), 22.35e9, 0.005e9);
}

TEST(Summary, RowsHaveNameKindShapeAndCounts) {
  const Summary summary = summarize(article(), 64, 128);
  ASSERT_EQ(summary.layers.size(), 10u);
  const LayerSummary& pool = summary.layers[1];
  EXPECT_EQ(pool.name, "pool1");
  EXPECT_EQ(pool.kind, "max_pool");
  EXPECT_EQ(pool.output_shape, (Shape{32, 64, 256}));
  EXPECT_EQ(pool.parameters, 0);
  EXPECT_EQ(pool.flops, 0);
  EXPECT_EQ(summary.layers[2].flops, int64_t(2) * 9 * 256 * 128 * 32 * 64);
}

TEST(Summary, TransposedAndStridedConvolutionsCountTheirMultiplications) {
  const Model model = {"strided",
                       1,
                       {{.name = "down", .channels = 4, .kernel = 5, .stride = 2},
                        {.name = "up",
                         .kind = LayerKind::transposed_conv,
                         .channels = 1,
                         .kernel = 4,
                         .stride = 2}}};
  const Summary summary = summarize(model, 16, 8);
  EXPECT_EQ(summary.layers[0].flops, 2 * 25 * 1 * 4 * 8 * 4);
  EXPECT_EQ(summary.layers[1].flops, 2 * 16 * 4 * 1 * 8 * 4);
  EXPECT_EQ(summary.layers[0].parameters, 5 * 5 * 4 + 4);
  EXPECT_EQ(summary.layers[1].parameters, 4 * 4 * 4 + 1);
}

TEST(Summary, TextIsKerassTable) {
  const Model model = {"small",
                       1,
                       {{.name = "first", .channels = 400, .kernel = 5},
                        {.name = "norm", .kind = LayerKind::batch_norm},
                        {.name = "last", .channels = 1, .kernel = 1},
                        {.name = "sum", .kind = LayerKind::add, .inputs = {"last", "input"}}}};
  const std::string rule(90, '-');
  const std::string expected =
      "Model: \"small\"\n" + rule + "\n" +
      "Layer (kind)                       Output shape           Parameters  Inputs\n" + rule +
      "\n"
      "first (conv)                       512 x 1024 x 400           10,400  \n"
      "norm (batch_norm)                  512 x 1024 x 400            1,600  \n"
      "last (conv)                        512 x 1024 x 1                401  \n"
      "sum (add)                          512 x 1024 x 1                  0  last, input\n" +
      rule +
      "\nParameters: 12,401 (11,601 trained, 800 not trained)\n"
      "One picture forward: 10.91 GFLOP\n";
  EXPECT_EQ(to_text(model, summarize(model, 512, 1024)), expected);
}

}  // namespace
}  // namespace limpid
