#include "core/ui/viewer/tiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace limpid {
namespace {

constexpr Area area = {{100, 50}, {900, 650}};  // 800 x 600

View looking(float x, float y, float zoom) {
  View view;
  view.fitted = false;
  view.center = {x, y};
  view.zoom = zoom;
  return view;
}

TEST(Tiles, TheLevelIsTheCoarsestThatIsAsFineAsTheScreen) {
  EXPECT_EQ(seen_level(64, 7), 0);
  EXPECT_EQ(seen_level(1, 7), 0);
  EXPECT_EQ(seen_level(0.51f, 7), 0);
  EXPECT_EQ(seen_level(0.5f, 7), 1);
  EXPECT_EQ(seen_level(0.26f, 7), 1);
  EXPECT_EQ(seen_level(0.07f, 7), 3);
  EXPECT_EQ(seen_level(0.001f, 7), 6);
  EXPECT_EQ(seen_level(0.001f, 1), 0);
}

TEST(Tiles, OnlyThoseInTheAreaAreSeen) {
  // 800 x 600 pixels around (1000, 1000): columns 600..1400, rows 700..1300.
  const std::vector<TilePlace> tiles = seen_tiles(looking(1000, 1000, 1), area, 10000, 10000, 0);
  const std::set<TilePlace> seen(tiles.begin(), tiles.end());
  std::set<TilePlace> expected;
  for (int row = 2; row <= 5; ++row) {
    for (int column = 2; column <= 5; ++column) expected.insert({0, row, column});
  }
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(seen.size(), tiles.size());
  EXPECT_TRUE(tiles.front() == (TilePlace{0, 3, 3}));
}

TEST(Tiles, AWholePictureIsSeenInFewTilesWhateverItsSize) {
  for (const int side : {300, 1000, 10000, 14001}) {
    const View view = settled({}, area, side, side);
    const int levels = 7, level = seen_level(view.zoom, levels);
    const std::vector<TilePlace> tiles = seen_tiles(view, area, side, side, level);
    EXPECT_LE(tiles.size(), 36u) << side;
    float covered = 0;
    for (const TilePlace& tile : tiles) {
      const Area part = extent(tile, side, side);
      covered += part.width() * part.height();
    }
    EXPECT_EQ(covered, float(side) * float(side));
  }
}

TEST(Tiles, NoneIsSeenBesideThePicture) {
  View view = looking(5, 5, 64);
  EXPECT_EQ(seen_tiles(view, area, 10, 10, 0).size(), 1u);
  view.center = {-1000, 5};
  EXPECT_TRUE(seen_tiles(view, area, 10, 10, 0).empty());
}

TEST(Tiles, ACoarserTileShowsTheSamePlace) {
  const TilePlace fine = {1, 9, 7};
  const TilePlace tile = coarser(fine, 3);
  EXPECT_TRUE(tile == (TilePlace{3, 2, 1}));
  EXPECT_TRUE(coarser(fine, 1) == fine);
  const Area part = part_of(fine, tile, 10000, 10000);
  EXPECT_EQ(part.low.x, 192);
  EXPECT_EQ(part.high.x, 256);
  EXPECT_EQ(part.low.y, 64);
  EXPECT_EQ(part.high.y, 128);
}

// The last pixel of a level stands for less of the picture than the others.
TEST(Tiles, TheLastTileEndsWithThePicture) {
  const TilePlace last = {2, 0, 1};
  const Area place = extent(last, 1030, 5);
  EXPECT_EQ(place.low.x, 1024);
  EXPECT_EQ(place.high.x, 1030);
  EXPECT_EQ(place.high.y, 5);
  const Area part = part_of(last, last, 1030, 5);
  EXPECT_EQ(part.high.x, 1.5f);
  EXPECT_EQ(part.high.y, 1.25f);
}

}  // namespace
}  // namespace limpid
