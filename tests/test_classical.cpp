#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>

#include "core/classical/classical.h"
#include "core/error.h"
#include "core/image/picture.h"
#include "core/image/quality.h"
#include "core/noise/estimate.h"
#include "core/noise/noise.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

Image sample(const std::string& name) {
  const Image picture =
      read_picture(std::string(std::getenv("LIMPID_SOURCE")) + "/assets/samples/" + name + ".png")
          .color;
  return crop(picture, 96, 96, 128, 128);
}

// What was reached, less 0.4 dB: a method that has lost its wits does not get there.
TEST(Classical, EachTakesAwayNoise) {
  const Image clean = sample("coast");
  const Image noisy = add_noise(clean, {.strength = 0.2f, .clip = false});
  const std::map<ClassicalMethod, double> least = {{ClassicalMethod::median, 10.3},
                                                   {ClassicalMethod::bilateral, 12.2},
                                                   {ClassicalMethod::nlm, 16.0},
                                                   {ClassicalMethod::wavelet, 16.4}};
  for (const auto& [method, gain] : least) {
    const Image restored = classical_denoise(method, noisy, 0.2);
    EXPECT_GT(psnr(clean, restored) - psnr(clean, noisy), gain) << to_string(method);
  }
}

TEST(Classical, TakesAnySizeGrayAndColour) {
  for (const ClassicalMethod method : classical_methods()) {
    for (const int channels : {1, 3}) {
      for (const int height : {1, 2, 3, 7, 33}) {
        for (const int width : {1, 2, 5, 31}) {
          const Image noisy = add_noise(pattern(height, width, channels), {.strength = 0.2f});
          const Image restored = classical_denoise(method, noisy, 0.2);
          ASSERT_TRUE(restored.same_size(noisy));
          for (const float value : restored.pixels) ASSERT_TRUE(std::isfinite(value));
        }
      }
    }
  }
}

TEST(Classical, NoNoiseNoChangeAndAFlatPictureStays) {
  const Image image = pattern(20, 30, 3);
  const Image flat(20, 30, 3, 0.3f);
  for (const ClassicalMethod method : classical_methods()) {
    EXPECT_EQ(classical_denoise(method, image, 0).pixels, image.pixels);
    const Image still_flat = classical_denoise(method, flat, 0.2);
    for (const float value : still_flat.pixels) ASSERT_NEAR(value, 0.3f, 1e-5);
  }
}

TEST(Classical, GrayStaysGray) {
  const Image gray = add_noise(pattern(20, 30, 1), {.strength = 0.1f});
  for (const ClassicalMethod method : classical_methods()) {
    const Image restored = classical_denoise(method, with_channels(gray, 3), 0.1);
    for (size_t i = 0; i < restored.count(); i += 3) {
      ASSERT_EQ(restored.pixels[i], restored.pixels[i + 1]);
      ASSERT_EQ(restored.pixels[i], restored.pixels[i + 2]);
    }
  }
}

TEST(Classical, WithoutAStrengthItIsEstimated) {
  const Image noisy = add_noise(pattern(40, 40, 3), {.strength = 0.1f});
  for (const ClassicalMethod method : classical_methods()) {
    EXPECT_EQ(classical_denoise(method, noisy, std::nullopt).pixels,
              classical_denoise(method, noisy, estimate_noise(noisy)).pixels);
  }
}

TEST(Classical, NamesReadBack) {
  for (const ClassicalMethod m : classical_methods()) {
    EXPECT_EQ(parse_classical_method(to_string(m)), m);
  }
  try {
    parse_classical_method("bm3d");
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "no classical method is called 'bm3d' (there are: median, bilateral, nlm, "
                 "wavelet)");
  }
}

}  // namespace
}  // namespace limpid
