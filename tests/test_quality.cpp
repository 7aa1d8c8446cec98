#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "core/image/quality.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

TEST(Quality, EqualsNumpyAndScikitImage) {
  for (const auto& example : golden()["quality"]) {
    const int height = example["height"];
    const int width = example["width"];
    const int channels = example["channels"];
    const Image clean = pattern(height, width, channels);
    const Image image = disturbed(height, width, channels);
    const Quality quality = compare(clean, image);
    EXPECT_NEAR(quality.rmse, double(example["rmse"]), 1e-12);  // same doubles, other order
    EXPECT_NEAR(quality.psnr, double(example["psnr"]), 1e-9);
    EXPECT_NEAR(quality.ssim, double(example["ssim"]), 1e-9) << height << " x " << width;
    EXPECT_EQ(quality.rmse, rmse(clean, image));
    EXPECT_EQ(quality.psnr, psnr(clean, image));
    EXPECT_EQ(quality.ssim, ssim(clean, image));
  }
}

TEST(Quality, OfEqualPicturesIsPerfect) {
  const Image image = pattern(20, 20, 3);
  const Quality quality = compare(image, image);
  EXPECT_EQ(quality.rmse, 0);
  EXPECT_EQ(quality.psnr, std::numeric_limits<double>::infinity());
  EXPECT_NEAR(quality.ssim, 1, 1e-12);
}

TEST(Quality, OfAKnownDifference) {
  const Image black(12, 12, 1, 0.0f);
  const Image gray(12, 12, 1, 0.1f);
  EXPECT_NEAR(rmse(black, gray), 0.1, 1e-8);
  EXPECT_NEAR(psnr(black, gray), 20, 1e-6);
}

TEST(Quality, SsimNeedsElevenPixels) {
  EXPECT_TRUE(std::isnan(ssim(Image(10, 40, 1), Image(10, 40, 1))));
  EXPECT_TRUE(std::isnan(ssim(Image(40, 10, 1), Image(40, 10, 1))));
  EXPECT_FALSE(std::isnan(ssim(Image(11, 11, 1), Image(11, 11, 1))));
}

TEST(Quality, OfRowsIsThatOfTheWhole) {
  for (const int channels : {1, 3}) {
    const Image clean = pattern(45, 30, channels), image = disturbed(45, 30, channels);
    const Quality whole = compare(clean, image);
    for (const int count : {1, 4, 13, 44}) {
      QualitySum sum(45, 30, channels);
      for (int top = 0; top < 45; top += count) {
        const int rows = std::min(count, 45 - top);
        sum.add(crop(clean, top, 0, rows, 30), crop(image, top, 0, rows, 30));
      }
      EXPECT_EQ(sum.quality().rmse, whole.rmse) << count;
      EXPECT_EQ(sum.quality().psnr, whole.psnr) << count;
      EXPECT_EQ(sum.quality().ssim, whole.ssim) << count;
    }
  }
}

}  // namespace
}  // namespace limpid
