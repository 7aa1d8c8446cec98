#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "core/image/compression.h"
#include "core/image/picture.h"
#include "core/image/resize.h"
#include "core/noise/estimate.h"
#include "core/noise/noise.h"

namespace limpid {
namespace {

Image ramp(int height, int width, int channels) {
  Image image(height, width, channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) image.at(y, x, c) = float(x + y) / float(height + width);
    }
  }
  return image;
}

TEST(Estimate, SmoothPicturesHaveNoNoise) {
  EXPECT_LT(estimate_noise(ramp(64, 64, 3)), 1e-3);
  EXPECT_EQ(estimate_noise(Image(40, 40, 1, 0.5f)), 0);
}

// Noise beyond 0.1 is clipped in a good part of the pixels.
TEST(Estimate, FindsTheStrengthOfGaussianNoiseThatWasClipped) {
  for (const int channels : {1, 3}) {
    for (const float strength : {0.02f, 0.05f, 0.1f, 0.2f, 0.4f}) {
      const Image noisy = add_noise(ramp(200, 300, channels), {.strength = strength});
      EXPECT_NEAR(estimate_noise(noisy), strength, 0.05 * strength) << channels << " channels";
    }
  }
}

TEST(Estimate, FindsItInDarkAndBrightPictures) {
  for (const float brightness : {0.02f, 0.9f}) {
    const Image noisy = add_noise(Image(100, 100, 1, brightness), {.strength = 0.2f});
    EXPECT_NEAR(estimate_noise(noisy), 0.2, 0.03) << brightness;
  }
}

TEST(Estimate, AFewPartsOfMiddleBrightnessDoNotDecide) {
  Image noisy = add_noise(Image(200, 200, 1, 0.1f), {.strength = 0.05f});
  for (int y = 0; y < 8; ++y) std::fill_n(&noisy.at(y, 0, 0), 8, 0.5f);
  EXPECT_NEAR(estimate_noise(noisy), 0.05, 0.01);
}

TEST(Estimate, AllChannelsCount) {
  Image noisy = add_noise(Image(100, 100, 3, 0.5f), {.strength = 0.1f});
  for (size_t i = 0; i < noisy.count(); i += 3) noisy.pixels[i] = 0.5f;
  EXPECT_GT(estimate_noise(noisy), 0.02);
}

TEST(Estimate, IsAtMostOne) {
  Image checked(16, 16, 1);
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 16; ++x) checked.at(y, x, 0) = float((x + y) % 2);
  }
  EXPECT_EQ(estimate_noise(checked), 1);
}

TEST(Estimate, TinyAndOddPictures) {
  EXPECT_EQ(estimate_noise(Image(1, 50, 3, 0.5f)), 0);
  EXPECT_EQ(estimate_noise(Image(1, 1, 1, 0.5f)), 0);
  for (const int side : {2, 3, 7, 9}) {
    const double strength = estimate_noise(add_noise(Image(side, side, 3, 0.5f), {}));
    EXPECT_GE(strength, 0) << side;
    EXPECT_LE(strength, 1) << side;
  }
}

// Texture adds to weak noise, clipping takes from strong noise: 10 % and 0.02 hold for photographs.
TEST(Estimate, GaussianNoiseThatWasAddedIsKnown) {
  const Image image(32, 32, 1, 0.5f);
  const NoiseSettings gaussian = {.strength = 0.2f};
  const NoiseSettings speckle = {.kind = NoiseKind::speckle, .strength = 0.2f};
  const Image noisy = add_noise(image, speckle);
  EXPECT_EQ(known_level(gaussian), double(0.2f));
  EXPECT_EQ(known_level(speckle), std::nullopt);
  EXPECT_EQ(known_level(std::nullopt), std::nullopt);
  EXPECT_GT(estimate_noise(noisy), 0.05);
}

TEST(Estimate, OfALargePictureTheMiddleCounts) {
  Image image(2100, 2300, 1);
  const Image inside = add_noise(Image(2048, 2048, 1, 0.5f), {.strength = 0.1f});
  const PicturePart part = estimated_part(image.height, image.width);
  EXPECT_EQ(part.top, 26);
  EXPECT_EQ(part.left, 126);
  for (int y = 0; y < 2048; ++y) {
    std::copy_n(&inside.pixels[inside.index(y, 0, 0)], 2048,
                &image.pixels[image.index(y + part.top, part.left, 0)]);
  }
  EXPECT_EQ(estimate_noise(image), estimate_noise(inside));
  EXPECT_TRUE(is_white_noise(image));
  const Image wide = add_noise(ramp(60, 2300, 1), {.strength = 0.1f});
  EXPECT_EQ(estimate_noise(wide), estimate_noise(crop(wide, 0, 126, 60, 2048)));
  EXPECT_EQ(estimated_part(7, 9).height, 7);
  EXPECT_EQ(estimated_part(7, 9).width, 9);
}

// Gray noise would be added to what is gray.
Image coloured_ramp(int height, int width) {
  Image image = ramp(height, width, 3);
  for (size_t i = 0; i < image.count(); i += 3) image.pixels[i] = 0.9f - image.pixels[i] / 2;
  return image;
}

TEST(Estimate, TellsWhiteNoiseFromOther) {
  for (const int channels : {1, 3}) {
    for (const float strength : {0.05f, 0.1f, 0.2f, 0.5f}) {
      const Image clean = channels == 3 ? coloured_ramp(200, 300) : ramp(200, 300, 1);
      EXPECT_TRUE(is_white_noise(add_noise(clean, {.strength = strength})));
      const NoiseSettings camera = {.kind = NoiseKind::camera, .strength = strength};
      EXPECT_FALSE(is_white_noise(add_noise(clean, camera))) << channels << " " << strength;
    }
  }
  EXPECT_FALSE(is_white_noise(coloured_ramp(200, 300))) << "there is none";
  EXPECT_FALSE(is_white_noise(Image(200, 300, 3, 0.5f)));
}

// In colour its JPEG leaves the noise of the brightness alone.
TEST(Estimate, NoiseThatWasStoredAsJpegIsWhiteInGrayPicturesAlone) {
  const Image noisy = add_noise(coloured_ramp(200, 300), {.strength = 0.1f});
  EXPECT_TRUE(is_white_noise(noisy));
  EXPECT_FALSE(is_white_noise(as_jpeg(noisy, 90)));
  const Image gray = add_noise(ramp(200, 300, 1), {.strength = 0.1f});
  EXPECT_TRUE(is_white_noise(as_jpeg(gray, 90)));
}

// Noise of one pixel's size is white, the same at twice its size is not.
TEST(Estimate, NoiseOfPicturesThatWereEnlargedIsNotWhite) {
  const Image noisy = add_noise(Image(100, 100, 3, 0.5f), {.strength = 0.1f});
  EXPECT_TRUE(is_white_noise(noisy));
  EXPECT_FALSE(is_white_noise(resize_bicubic(noisy, 150, 150)));
}

TEST(Estimate, OfTinyPicturesNothingIsSaidToBeWhite) {
  EXPECT_FALSE(is_white_noise(add_noise(Image(15, 40, 1, 0.5f), {})));
  EXPECT_FALSE(is_white_noise(add_noise(Image(40, 15, 1, 0.5f), {})));
  EXPECT_FALSE(is_white_noise(Image(1, 1, 3)));
}

TEST(Estimate, FindsItInPhotographs) {
  const char* shared = std::getenv("LIMPID_SHARED_DATA");
  const std::filesystem::path folder = std::filesystem::path(shared ? shared : "") / "bsds/val";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "NOT TESTED: no photographs in " << folder;
  std::vector<std::filesystem::path> files(std::filesystem::directory_iterator(folder), {});
  std::sort(files.begin(), files.end());
  files.resize(std::min(files.size(), size_t(12)));
  for (const std::filesystem::path& file : files) {
    if (!has_picture_ending(file)) continue;
    const Image photograph = read_picture(file).color;
    EXPECT_LT(estimate_noise(photograph), 0.04) << file;
    for (const float strength : {0.05f, 0.1f, 0.2f, 0.4f}) {
      EXPECT_NEAR(estimate_noise(add_noise(photograph, {.strength = strength})), strength,
                  std::max(0.1 * strength, 0.02))
          << file << " at " << strength;
      EXPECT_TRUE(is_white_noise(add_noise(photograph, {.strength = strength})))
          << file << " at " << strength;
      const NoiseSettings camera = {.kind = NoiseKind::camera, .strength = strength};
      EXPECT_FALSE(is_white_noise(add_noise(photograph, camera))) << file << " at " << strength;
    }
    EXPECT_FALSE(is_white_noise(photograph)) << file;
  }
}

}  // namespace
}  // namespace limpid
