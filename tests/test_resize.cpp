#include <gtest/gtest.h>

#include "core/image/resize.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

TEST(Resize, EqualsPillow) {
  for (const auto& example : golden()["resize"]) {
    const Image image = pattern(example["height"], example["width"], example["channels"]);
    const Image resized = resize_bicubic(image, example["to_height"], example["to_width"]);
    EXPECT_EQ(to_bytes(resized), from_hex(example["pixels"]))
        << image.height << " x " << image.width << " to " << resized.height << " x "
        << resized.width;
    for (float value : resized.pixels) {
      ASSERT_EQ(value, float(std::lround(value * 255)) / 255.0f) << "not a step of 1/255";
    }
  }
}

TEST(Resize, SameSizeIsTheSamePicture) {
  Image image = pattern(5, 6, 3);
  image.pixels[7] = 0.12345f;
  EXPECT_EQ(resize_bicubic(image, 5, 6).pixels, image.pixels);
}

// 16-bit values lie between the steps: the fraction counts until the first rounding.
TEST(Resize, KeepsTheFractionOf16Bits) {
  const Image image(1, 8, 1, 100.4f / 255);
  EXPECT_EQ(to_bytes(resize_bicubic(image, 1, 4)), std::vector<uint8_t>(4, 100));
  Image halves(1, 2, 1);
  halves.pixels = {100.6f / 255, 101.6f / 255};  // mean 101.1; of rounded values 101.5
  EXPECT_EQ(to_bytes(resize_bicubic(halves, 1, 1)), std::vector<uint8_t>{101});
}

// Half a step is rounded up, as Pillow's integers are; a little less than half would not be.
TEST(Resize, NeighboursMeetAtTheBrighter) {
  for (int step = 0; step < 255; ++step) {
    Image pair(1, 2, 1);
    pair.pixels = {float(step) / 255.0f, float(step + 1) / 255.0f};
    EXPECT_EQ(to_bytes(resize_bicubic(pair, 1, 1))[0], step + 1);
  }
}

TEST(Resize, WhereTheWidthStaysNothingIsRoundedBeforeTheColumns) {
  Image column(2, 1, 1);
  column.pixels = {0.3f / 255, 0.6f / 255};  // mean 0.45; of rounded values 0.5
  EXPECT_EQ(to_bytes(resize_bicubic(column, 1, 1)), std::vector<uint8_t>{0});
}

}  // namespace
}  // namespace limpid
