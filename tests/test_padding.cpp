#include "core/engine/padding.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/random_values.h"

namespace limpid {
namespace {

TEST(Padding, WindowsOfTheKernelFitExactly) {
  EXPECT_EQ(padded_shape(8, 6, 3, 3, 1), (Shape{10, 8, 3}));
  EXPECT_EQ(padded_shape(4, 3, 1, 3, 2), (Shape{9, 7, 1}));
  EXPECT_EQ(padded_shape(4, 3, 1, 1, 2), (Shape{7, 5, 1}));
}

TEST(Padding, PictureLiesInZeros) {
  constexpr Shape picture = {4, 6, 3};
  const std::vector<float> values = random_values(picture.count(), 1);
  struct Case {
    Shape padded;
    int pad;
  };
  // Around it, behind it only, and smaller than the picture: a 1 x 1 kernel of stride 2.
  for (const auto& [padded, pad] : {Case{{8, 10, 3}, 2}, Case{{5, 7, 3}, 0}, Case{{3, 5, 3}, 0}}) {
    ThreadPool pool(2);
    std::vector<float> out(padded.count(), 9.0f);
    pad_picture(pool, picture, values.data(), pad, padded, out.data());
    for (int y = 0; y < padded.height; ++y) {
      for (int x = 0; x < padded.width; ++x) {
        const int py = y - pad, px = x - pad;
        const bool inside = py >= 0 && py < picture.height && px >= 0 && px < picture.width;
        for (int c = 0; c < 3; ++c) {
          const float expected = inside ? values[(py * picture.width + px) * 3 + c] : 0.0f;
          EXPECT_EQ(out[(y * padded.width + x) * 3 + c], expected) << y << " " << x;
        }
      }
    }
  }
}

}  // namespace
}  // namespace limpid
