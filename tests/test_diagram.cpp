#include "core/ui/diagram.h"

#include <gtest/gtest.h>

#include "core/model/presets.h"

namespace limpid {
namespace {

constexpr float width = 800, height = 300;

TEST(Diagram, HasABlockForThePictureAndEachLayer) {
  const Model model = article();
  const Diagram diagram = diagram_of(model, {256, 256, 3}, width, height);
  ASSERT_EQ(diagram.blocks.size(), model.layers.size() + 1);
  EXPECT_EQ(diagram.blocks.front().layer, -1);
  EXPECT_EQ(diagram.blocks.front().shape, (Shape{256, 256, 3}));
  EXPECT_EQ(diagram.blocks.back().shape, (Shape{256, 256, 3}));
  EXPECT_TRUE(diagram.blocks[1].has_weights);   // enc1
  EXPECT_FALSE(diagram.blocks[2].has_weights);  // pool1
  EXPECT_TRUE(diagram.skips.empty());
}

TEST(Diagram, LiesWithinItsAreaFromLeftToRight) {
  for (const std::string& name : preset_names()) {
    for (const float wide : {300.0f, 2000.0f}) {
      const Diagram diagram = diagram_of(preset(name), {64, 64, 3}, wide, height);
      float right = 0;
      for (const DiagramBlock& block : diagram.blocks) {
        EXPECT_GE(block.x, right - 1e-3f) << name;
        EXPECT_GE(block.y, 0) << name;
        EXPECT_LE(block.y + block.height, height + 1e-3f) << name;
        EXPECT_GT(block.width, 0) << name;
        right = block.x + block.width;
      }
      EXPECT_LE(right, wide + 1e-2f) << name;
      EXPECT_NEAR(diagram.blocks.front().x, wide - right, 5e-2f) << name << " is in the middle";
    }
  }
}

TEST(Diagram, ShowsSizesByHeightAndChannelsByWidth) {
  const Diagram diagram = diagram_of(article(), {256, 256, 3}, width, height);
  const auto& blocks = diagram.blocks;
  EXPECT_FLOAT_EQ(blocks[0].height, height);
  EXPECT_GT(blocks[1].height, blocks[3].height);  // 256 and 128 pixels high
  EXPECT_GT(blocks[3].height, blocks[5].height);
  EXPECT_GT(blocks[1].width, blocks[3].width);  // 256 and 128 channels
  EXPECT_FLOAT_EQ(blocks[1].height, blocks.back().height);
  EXPECT_GT(blocks[0].width, blocks[2].width);  // the picture, a pooling
  for (const DiagramBlock& block : blocks) {
    EXPECT_NEAR(block.y + block.height / 2, height / 2, 1e-3f);
  }
}

// The bottleneck is 64 x 64 x 64 there: more numbers than the picture has. Three channels of a
// quarter of the pixels would be fewer.
TEST(Diagram, FindsTheNarrowestPlace) {
  EXPECT_EQ(diagram_of(article(), {256, 256, 3}, width, height).narrowest, 0u);
  Model model = article();
  model.layers[4].channels = 3;
  EXPECT_EQ(diagram_of(model, {256, 256, 3}, width, height).narrowest, 5u);
}

TEST(Diagram, DrawsSkipsAboveTheBlocks) {
  const Model model = fast();
  const Diagram diagram = diagram_of(model, {64, 64, 3}, width, height);
  ASSERT_FALSE(diagram.skips.empty());
  float highest = height;
  for (const DiagramSkip& skip : diagram.skips) {
    EXPECT_GT(skip.to, skip.from + 1);
    EXPECT_LE(skip.y, diagram.blocks[0].y);
    highest = std::min(highest, skip.y);
  }
  // The longest goes from the picture to the end, and is the highest.
  const auto& last = diagram.skips.back();
  EXPECT_EQ(last.from, 0u);
  EXPECT_EQ(last.to, model.layers.size());
  EXPECT_FLOAT_EQ(last.y, highest);
}

TEST(Diagram, AFewLayersAreNoWiderThanMany) {
  const Model one = {"one", 3, {{.name = "out", .channels = 3}}};
  const Diagram diagram = diagram_of(one, {64, 64, 3}, 2000, height);
  for (const DiagramBlock& block : diagram.blocks) EXPECT_LT(block.width, height / 6);
}

}  // namespace
}  // namespace limpid
