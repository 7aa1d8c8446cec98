#include <gtest/gtest.h>

#include <cmath>

#include "core/classical/wavelet.h"
#include "core/image/quality.h"
#include "core/noise/noise.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

bool go_on(double) { return true; }

double largest_difference(const Image& a, const Image& b) {
  double most = 0;
  for (size_t i = 0; i < a.count(); ++i) {
    most = std::max(most, std::fabs(double(a.pixels[i]) - b.pixels[i]));
  }
  return most;
}

// Next to no threshold: the way there and back, at any size.
TEST(Wavelet, TheTransformComesBack) {
  for (const int channels : {1, 3}) {
    for (const int height : {1, 2, 3, 17, 64}) {
      for (const int width : {1, 5, 40}) {
        const Image image = pattern(height, width, channels);
        EXPECT_LT(largest_difference(wavelet_denoise(image, 1e-6, go_on), image), 2e-6)
            << height << " x " << width;
      }
    }
  }
}

TEST(Wavelet, AFlatPictureLosesItsNoise) {
  const Image flat(64, 64, 1, 0.5f);
  const Image noisy = add_noise(flat, {.strength = 0.1f, .clip = false});
  const Image restored = wavelet_denoise(noisy, 0.1, go_on);
  // Bands with only noise go to zero or nearly so; the coarsest mean over 32 x 32 pixels stays.
  EXPECT_LT(rmse(flat, restored), 0.012);
}

// A picture that is moved gives the answer moved, away from the border.
TEST(Wavelet, DoesNotDependOnTheGrid) {
  const Image noisy = add_noise(pattern(130, 130, 1), {.strength = 0.1f, .clip = false});
  const Image a = wavelet_denoise(crop(noisy, 0, 0, 128, 128), 0.1, go_on);
  const Image b = wavelet_denoise(crop(noisy, 1, 1, 128, 128), 0.1, go_on);
  const Image here = crop(a, 65, 65, 2, 2), there = crop(b, 64, 64, 2, 2);
  EXPECT_LT(largest_difference(here, there), 0.005);  // the bands' variances differ a little
}

TEST(Wavelet, SmallCoefficientsGoLargeOnesStay) {
  Image image(32, 32, 1, 0.0f);
  for (int y = 0; y < 32; ++y) {
    for (int x = 16; x < 32; ++x) image.at(y, x, 0) = 1;
  }
  const Image restored = wavelet_denoise(image, 0.02, go_on);
  EXPECT_LT(largest_difference(restored, image), 0.02);
}

}  // namespace
}  // namespace limpid
