#include <gtest/gtest.h>

#include "core/tiling.h"

namespace limpid {
namespace {

// Every pixel is owned once, and sees its radius within its tile or the end of the picture.
void expect_sound(const Cut& cut, int multiple) {
  EXPECT_EQ((cut.length - cut.side) % multiple, 0);
  EXPECT_LE(cut.side, cut.length);
  EXPECT_EQ(cut.own(0), 0);
  EXPECT_EQ(cut.own(cut.count), cut.length);
  for (int i = 0; i < cut.count; ++i) {
    const int start = cut.start(i);
    const int end = start + cut.side;
    EXPECT_EQ(start % multiple, 0);
    EXPECT_EQ((cut.length - end) % multiple, 0);
    EXPECT_LE(end, cut.length);
    EXPECT_LT(cut.own(i), cut.own(i + 1));
    EXPECT_TRUE(start == 0 ? cut.own(i) == 0 : cut.own(i) - start >= cut.radius);
    EXPECT_TRUE(end == cut.length || end - cut.own(i + 1) >= cut.radius) << end;
  }
}

TEST(Tiling, TilesCoverTheSideWithTheirSurroundings) {
  for (const int multiple : {1, 2, 4, 8, 16}) {
    for (const int radius : {0, 1, 3, 4, 7, 21}) {
      for (int length = 1; length <= 200; ++length) {
        SCOPED_TRACE(testing::Message() << multiple << ' ' << radius << ' ' << length);
        int side = 0;
        for (const Cut& cut : ways_to_cut(length, multiple, radius)) {
          expect_sound(cut, multiple);
          EXPECT_GT(cut.side, side);
          side = cut.side;
        }
        EXPECT_EQ(side, length);
      }
    }
  }
}

TEST(Tiling, FewestPixelsForEachCount) {
  const std::vector<Cut> ways = ways_to_cut(100, 4, 5);  // overlap 12, the smallest side 16
  ASSERT_GE(ways.size(), 3u);
  EXPECT_EQ(ways.back().count, 1);
  EXPECT_EQ(ways[ways.size() - 2].side, 56);  // 2 tiles: 56 + 44 = 100
  EXPECT_EQ(ways[ways.size() - 3].side, 44);  // 3 tiles: 44 + 2 * 32 = 108
  EXPECT_EQ(ways.front().side, 16);
  EXPECT_EQ(ways.front().count, 22);  // 16 + 21 * 4 = 100
}

TEST(Tiling, EveryTileEndsWithThePicturesRest) {
  const std::vector<Cut> ways = ways_to_cut(102, 4, 5);  // overlap 8, the smallest side 14
  EXPECT_EQ(ways.front().side, 14);
  EXPECT_EQ(ways.front().step, 4);
  EXPECT_EQ(ways[ways.size() - 2].side, 58);  // 2 tiles: 58 + 44 = 102
  EXPECT_EQ(ways[ways.size() - 2].start(1), 44);
}

TEST(Tiling, AShortSideIsOnePiece) {
  const std::vector<Cut> ways = ways_to_cut(16, 4, 6);
  ASSERT_EQ(ways.size(), 1u);
  EXPECT_EQ(ways[0].count, 1);
  EXPECT_EQ(ways[0].start(0), 0);
  EXPECT_EQ(ways[0].own(1), 16);
}

}  // namespace
}  // namespace limpid
