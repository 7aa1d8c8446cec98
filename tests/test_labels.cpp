#include "core/ui/viewer/labels.h"

#include <gtest/gtest.h>

namespace limpid {
namespace {

constexpr Area area = {{100, 50}, {800, 650}};
constexpr float widest = 84, gap = 12;

// In the middle of the area.
constexpr Area picture_of(float width, float height) {
  return {{450 - width / 2, 350 - height / 2}, {450 + width / 2, 350 + height / 2}};
}

TEST(Labels, StandInThePicturesCorners) {
  const LabelPlaces places = place_labels(area, picture_of(400, 500), widest, gap);
  EXPECT_EQ(places.left.x, 262);
  EXPECT_EQ(places.right.x, 638);
  EXPECT_EQ(places.left.y, 112);
  EXPECT_EQ(places.right.y, 112);
}

TEST(Labels, StandInTheAreasCornersWhereThePictureIsNarrow) {
  for (const float width : {1.0f, 3.0f, 24.0f, 64.0f, 170.0f, 215.0f}) {
    const LabelPlaces places = place_labels(area, picture_of(width, 600), widest, gap);
    EXPECT_EQ(places.left.x, 112) << width;
    EXPECT_EQ(places.right.x, 788) << width;
    EXPECT_EQ(places.left.y, 62) << width;
  }
}

// However narrow it is: the left name ends before the middle, where the right one has not begun.
TEST(Labels, EachIsOnItsOwnSide) {
  for (float width = 1; width <= 700; width += 1) {
    const LabelPlaces places = place_labels(area, picture_of(width, 600), widest, gap);
    EXPECT_LT(places.left.x + widest, 450) << width;
    EXPECT_GT(places.right.x - widest, 450) << width;
  }
}

}  // namespace
}  // namespace limpid
