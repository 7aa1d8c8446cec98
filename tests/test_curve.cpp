#include "core/ui/curve.h"

#include <gtest/gtest.h>

namespace limpid {
namespace {

bool operator==(const Point& a, const Point& b) { return a.x == b.x && a.y == b.y; }

bool are(const std::vector<Point>& points, const std::vector<Point>& expected) {
  return std::equal(points.begin(), points.end(), expected.begin(), expected.end(),
                    [](const Point& a, const Point& b) { return a == b; });
}

TEST(Curve, KeepsPointsThatAreApart) {
  const std::vector<Point> points = {{0.5f, 3}, {1.5f, 1}, {2.5f, 2}};
  EXPECT_TRUE(are(thinned(points), points));
  EXPECT_TRUE(thinned({}).empty());
}

TEST(Curve, KeepsEndsAndExtremesOfAColumnInTheirOrder) {
  const std::vector<Point> points = {{1.0f, 5}, {1.1f, 6}, {1.2f, 9}, {1.3f, 4},
                                     {1.4f, 1}, {1.5f, 2}, {1.6f, 3}, {2.0f, 7}};
  EXPECT_TRUE(are(thinned(points), {{1.0f, 5}, {1.2f, 9}, {1.4f, 1}, {1.6f, 3}, {2.0f, 7}}));
}

TEST(Curve, KeepsAPointOnceThatIsBoth) {
  EXPECT_TRUE(are(thinned({{1.0f, 1}, {1.2f, 2}, {1.4f, 3}}), {{1.0f, 1}, {1.4f, 3}}));
  EXPECT_TRUE(are(thinned({{1.0f, 2}, {1.2f, 2}}), {{1.0f, 2}, {1.2f, 2}}));
}

TEST(Curve, IsBoundedByTheColumns) {
  std::vector<Point> points;
  for (int i = 0; i < 100'000; ++i) points.push_back({float(i) / 200, float(i * 7919 % 1000)});
  EXPECT_LE(thinned(points).size(), 4u * 500);
}

}  // namespace
}  // namespace limpid
