#include "core/views.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "core/error.h"

namespace limpid {
namespace {

constexpr Shape shape = {2, 3, 2};

std::vector<float> picture() {
  std::vector<float> values(shape.count());
  std::iota(values.begin(), values.end(), 1.f);
  return values;
}

std::vector<float> seen(Flip flip) {
  std::vector<float> values(shape.count());
  take_view(flip, shape, picture().data(), values.data());
  return values;
}

TEST(Views, ShowThePictureTurned) {
  EXPECT_EQ(seen({}), picture());
  EXPECT_EQ(seen({.left_right = true}),
            (std::vector<float>{5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8}));
  EXPECT_EQ(seen({.top_bottom = true}),
            (std::vector<float>{7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(seen({true, true}), (std::vector<float>{11, 12, 9, 10, 7, 8, 5, 6, 3, 4, 1, 2}));
}

TEST(Views, AddUpToThePictureWhenTurnedBack) {
  std::vector<float> mean(shape.count());
  for (const Flip flip : view_flips) add_view(flip, shape, seen(flip).data(), 0.25f, mean.data());
  EXPECT_EQ(mean, picture());
}

TEST(Views, AreOneOrTwoOrFour) {
  for (const int views : {1, 2, 4}) EXPECT_NO_THROW(check_views(views));
  for (const int views : {-1, 0, 3, 5, 8}) {
    try {
      check_views(views);
      ADD_FAILURE() << views;
    } catch (const Error& error) {
      EXPECT_EQ(error.what(),
                "a picture is seen in 1, 2 or 4 views, not in " + std::to_string(views));
    }
  }
}

}  // namespace
}  // namespace limpid
