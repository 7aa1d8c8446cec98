#include "core/ui/viewer/view.h"

#include <gtest/gtest.h>

#include <cmath>

namespace limpid {
namespace {

constexpr Area area = {{100, 50}, {500, 350}};  // 400 x 300

TEST(View, FitsTheWholePictureIntoTheMiddle) {
  const View view = settled({}, area, 800, 300);
  EXPECT_FLOAT_EQ(view.zoom, 0.5f);
  const Point low = to_screen(view, area, {0, 0}), high = to_screen(view, area, {800, 300});
  EXPECT_FLOAT_EQ(low.x, 100);
  EXPECT_FLOAT_EQ(high.x, 500);
  EXPECT_FLOAT_EQ(low.y - area.low.y, area.high.y - high.y);
}

TEST(View, ThePictureBeginsWithAPixelOfTheScreen) {
  View view;
  view.fitted = false;
  for (const Area& odd :
       {Area{{100, 50}, {501, 351}}, Area{{100.25f, 50.5f}, {501.75f, 350.75f}}}) {
    for (const float zoom : {1.0f, 0.37f, 2.5f}) {
      for (const int side : {100, 101, 2000}) {
        view.zoom = zoom;
        view.center = {333.3f, 444.4f};
        const Point low = to_screen(settled(view, odd, side, side), odd, {0, 0});
        EXPECT_NEAR(low.x, std::round(low.x), 1e-3);
        EXPECT_NEAR(low.y, std::round(low.y), 1e-3);
      }
    }
  }
}

TEST(View, SmallPicturesAreEnlargedFourTimesAtMost) {
  EXPECT_FLOAT_EQ(settled({}, area, 64, 10).zoom, 4);
}

TEST(View, TinyPicturesFillTheAreaAsFarAsItsZoomGoes) {
  EXPECT_FLOAT_EQ(settled({}, area, 10, 10).zoom, 30);
  EXPECT_FLOAT_EQ(settled({}, area, 63, 3).zoom, 400 / 63.0f);
  EXPECT_FLOAT_EQ(settled({}, area, 1, 1).zoom, largest_zoom);
}

TEST(View, ScreenAndPictureAreEachOthersInverse) {
  View view;
  view.fitted = false;
  view.zoom = 3;
  view.center = {40, 70};
  const Point back = to_picture(view, area, to_screen(view, area, {12.5f, 90}));
  EXPECT_NEAR(back.x, 12.5f, 1e-4);
  EXPECT_NEAR(back.y, 90, 1e-4);
}

TEST(View, ZoomKeepsThePixelUnderThePointer) {
  View view = settled({}, area, 800, 600);
  const Point at = {200, 120};
  const Point before = to_picture(view, area, at);
  zoom_at(view, area, 800, 600, at, 2);
  const Point after = to_picture(view, area, at);
  EXPECT_FALSE(view.fitted);
  EXPECT_NEAR(before.x, after.x, 1e-3);
  EXPECT_NEAR(before.y, after.y, 1e-3);
}

TEST(View, ZoomEndsAtSinglePixelsAndAtTheWholePicture) {
  View view = settled({}, area, 800, 600);
  for (int i = 0; i < 100; ++i) zoom_at(view, area, 800, 600, {300, 200}, 2);
  EXPECT_FLOAT_EQ(view.zoom, largest_zoom);
  for (int i = 0; i < 100; ++i) zoom_at(view, area, 800, 600, {300, 200}, 0.5f);
  EXPECT_FLOAT_EQ(settled(view, area, 800, 600).zoom, 0.5f);
}

TEST(View, PanFollowsThePointerAndStaysOnThePicture) {
  View view = settled({}, area, 800, 600);
  zoom_at(view, area, 800, 600, {300, 200}, 4);
  const Point before = to_picture(view, area, {300, 200});
  pan(view, {10, -6});
  const Point after = to_picture(view, area, {310, 194});
  EXPECT_NEAR(before.x, after.x, 1e-3);
  EXPECT_NEAR(before.y, after.y, 1e-3);
  pan(view, {1e6, 1e6});
  const View held = settled(view, area, 800, 600);
  EXPECT_NEAR(to_screen(held, area, {0, 0}).x, area.low.x, 1e-2);
  EXPECT_NEAR(to_screen(held, area, {0, 0}).y, area.low.y, 1e-2);
}

}  // namespace
}  // namespace limpid
