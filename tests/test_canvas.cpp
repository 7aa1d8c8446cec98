#include "native/report/canvas.h"

#include <gtest/gtest.h>

#include <cmath>

namespace limpid {
namespace {

constexpr Color white = {1, 1, 1};
constexpr Color black = {0, 0, 0};

// How much of the canvas is black, in pixels.
double ink(const Canvas& canvas) {
  double sum = 0;
  for (const float value : canvas.image().pixels) sum += 1 - value;
  return sum / 3;
}

TEST(Canvas, FillsPartsOfPixels) {
  Canvas canvas(4, 5, white);
  canvas.fill({1, 1.5f}, {3.25f, 3}, black);
  EXPECT_EQ(canvas.image().at(0, 1, 0), 1);
  EXPECT_EQ(canvas.image().at(1, 1, 0), 0.5f);
  EXPECT_EQ(canvas.image().at(2, 2, 1), 0);
  EXPECT_EQ(canvas.image().at(2, 3, 2), 0.75f);
  EXPECT_NEAR(ink(canvas), 2.25 * 1.5, 1e-6);
}

TEST(Canvas, LinesHaveTheirWidthInEveryDirection) {
  for (const CanvasPoint end :
       {CanvasPoint{90, 50}, CanvasPoint{50, 90}, CanvasPoint{80, 80}, CanvasPoint{20, 65}}) {
    Canvas canvas(100, 100, white);
    const CanvasPoint ends[2] = {{50, 50}, end};
    canvas.line(ends, 4, black);
    const double length = std::hypot(end.x - 50, end.y - 50);
    const double area = 4 * length + 3.14159 * 4;  // with a round end at each side
    EXPECT_NEAR(ink(canvas), area, 0.02 * area);
  }
}

TEST(Canvas, ALineIsDrawnOnceWhereItMeetsItself) {
  Canvas once(40, 40, white), twice(40, 40, white);
  const CanvasPoint straight[2] = {{10, 20}, {30, 20.5f}};
  const CanvasPoint back[3] = {{10, 20}, {30, 20.5f}, {10, 20}};
  once.line(straight, 3, black);
  twice.line(back, 3, black);
  for (size_t i = 0; i < once.image().count(); ++i) {
    ASSERT_NEAR(once.image().pixels[i], twice.image().pixels[i], 1e-4);
  }
}

TEST(Canvas, DiscsAreRound) {
  Canvas canvas(41, 41, white);
  canvas.disc({20.5f, 20.5f}, 10, black);
  EXPECT_NEAR(ink(canvas), 3.14159 * 100, 3);
  EXPECT_EQ(canvas.image().at(20, 11, 0), canvas.image().at(11, 20, 0));
}

TEST(Canvas, CutsOffWhatLiesOutside) {
  Canvas canvas(6, 8, white);
  canvas.paste(Image(4, 4, 1, 0.0f), -2, 6);
  EXPECT_EQ(ink(canvas), 4);
  EXPECT_EQ(canvas.image().at(1, 7, 2), 0);
  EXPECT_EQ(canvas.image().at(2, 7, 2), 1);
  const CanvasPoint far[2] = {{-500, -900}, {-400, 700}};
  canvas.line(far, 9, black);
  canvas.fill({-5, -5}, {-1, 50}, black);
  EXPECT_EQ(ink(canvas), 4);
}

}  // namespace
}  // namespace limpid
