#include "core/ui/viewer/tile_cache.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace limpid {
namespace {

TilePlace place(int column) { return {0, 0, column}; }

TEST(TileCache, KeepsSoManyTilesAndDropsWhatWasNotSeenForLongest) {
  TileCache cache(4);
  const int picture = cache.new_picture();
  for (int i = 0; i < 6; ++i) {
    cache.put(picture, place(i), {unsigned(i + 1), 1});
    cache.see(picture, place(0));  // it stays in sight
    const std::vector<unsigned> dropped = cache.next_frame();
    EXPECT_LE(cache.size(), 4u);
    const std::vector<unsigned> expected =
        i < 4 ? std::vector<unsigned>{} : std::vector<unsigned>{unsigned(i - 2)};
    EXPECT_EQ(dropped, expected) << i;
  }
  EXPECT_NE(cache.find(picture, place(0)), nullptr);
  EXPECT_EQ(cache.find(picture, place(1)), nullptr);
  EXPECT_EQ(cache.find(picture, place(2)), nullptr);
  EXPECT_EQ(cache.find(picture, place(5))->texture, 6u);
}

TEST(TileCache, WhatIsSeenStaysHoweverManyThereAre) {
  TileCache cache(2);
  const int picture = cache.new_picture();
  for (int i = 0; i < 5; ++i) cache.put(picture, place(i), {unsigned(i + 1), 1});
  EXPECT_TRUE(cache.next_frame().empty());
  for (int i = 0; i < 5; ++i) cache.see(picture, place(i));
  EXPECT_TRUE(cache.next_frame().empty());
  EXPECT_EQ(cache.size(), 5u);
  EXPECT_EQ(cache.next_frame().size(), 3u);
}

TEST(TileCache, PicturesDoNotMix) {
  TileCache cache(10);
  const int a = cache.new_picture(), b = cache.new_picture();
  cache.put(a, place(0), {1, 1});
  cache.put(b, place(0), {2, 1});
  EXPECT_EQ(cache.find(a, place(0))->texture, 1u);
  EXPECT_EQ(cache.forget(a), std::vector<unsigned>{1});
  EXPECT_EQ(cache.find(a, place(0)), nullptr);
  EXPECT_EQ(cache.find(b, place(0))->texture, 2u);
}

// Of a picture that takes another's place, what is on the screen stays until it is drawn over.
TEST(TileCache, ForgetsWhatIsOutOfSight) {
  TileCache cache(10);
  const int picture = cache.new_picture();
  cache.put(picture, place(0), {1, 1});
  cache.put(picture, place(1), {2, 1});
  cache.next_frame();
  cache.see(picture, place(1));
  cache.next_frame();
  EXPECT_EQ(cache.forget_unseen(picture), std::vector<unsigned>{1});
  EXPECT_EQ(cache.find(picture, place(1))->version, 1);
  cache.put(picture, place(1), {2, 2});
  EXPECT_EQ(cache.find(picture, place(1))->version, 2);
  EXPECT_EQ(cache.size(), 1u);
}

}  // namespace
}  // namespace limpid
