#include <gtest/gtest.h>

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

}  // namespace
}  // namespace limpid
