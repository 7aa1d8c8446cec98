#include <gtest/gtest.h>

#include <cmath>

#include "core/classical/wavelet.h"
#include "core/image/quality.h"
#include "core/noise/noise.h"
#include "tests/bands.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

Image restored(const Image& noisy, double sigma) {
  Wavelet wavelet({noisy.height, noisy.width, noisy.channels}, sigma);
  wavelet.look_at(noisy, {0, noisy.height});
  return wavelet.restored(noisy, {0, noisy.height});
}

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
        EXPECT_LT(largest_difference(restored(image, 1e-6), image), 2e-6)
            << height << " x " << width;
      }
    }
  }
}

TEST(Wavelet, AFlatPictureLosesItsNoise) {
  const Image flat(64, 64, 1, 0.5f);
  const Image noisy = add_noise(flat, {.strength = 0.1f, .clip = false});
  const Image answer = restored(noisy, 0.1);
  // Bands with only noise go to zero or nearly so; the coarsest mean over 32 x 32 pixels stays.
  EXPECT_LT(rmse(flat, answer), 0.012);
}

// A picture that is moved gives the answer moved, away from the border.
TEST(Wavelet, DoesNotDependOnTheGrid) {
  const Image noisy = add_noise(pattern(130, 130, 1), {.strength = 0.1f, .clip = false});
  const Image a = restored(crop(noisy, 0, 0, 128, 128), 0.1);
  const Image b = restored(crop(noisy, 1, 1, 128, 128), 0.1);
  const Image here = crop(a, 65, 65, 2, 2), there = crop(b, 64, 64, 2, 2);
  EXPECT_LT(largest_difference(here, there), 0.005);  // the bands' variances differ a little
}

TEST(Wavelet, SmallCoefficientsGoLargeOnesStay) {
  Image image(32, 32, 1, 0.0f);
  for (int y = 0; y < 32; ++y) {
    for (int x = 16; x < 32; ++x) image.at(y, x, 0) = 1;
  }
  EXPECT_LT(largest_difference(restored(image, 0.02), image), 0.02);
}

TEST(Wavelet, ThresholdsDoNotDependOnTheBands) {
  for (const Image& noisy : noisy_pictures()) {
    const Shape shape = {noisy.height, noisy.width, noisy.channels};
    Wavelet whole(shape, 0.1);
    whole.look_at(noisy, {0, noisy.height});
    for (const int count : band_heights) {
      Wavelet bands(shape, 0.1);
      for (int top = 0; top < noisy.height; top += count) {
        const int end = std::min(top + count, noisy.height);
        const int first = std::max(top - wavelet_reach, 0);
        const int last = std::min(end + wavelet_reach, noisy.height);
        bands.look_at(crop(noisy, first, 0, last - first, noisy.width), {top - first, end - first});
      }
      for (int channel = 0; channel < noisy.channels; ++channel) {
        for (int level = 0; level < whole.levels(); ++level) {
          for (int band = 0; band < 3; ++band) {
            ASSERT_EQ(bands.threshold(channel, level, band), whole.threshold(channel, level, band))
                << noisy.height << " x " << noisy.width << " in bands of " << count;
          }
        }
      }
    }
  }
}

TEST(Wavelet, BandsEqualTheWhole) {
  for (const Image& noisy : noisy_pictures()) {
    Wavelet wavelet({noisy.height, noisy.width, noisy.channels}, 0.1);
    wavelet.look_at(noisy, {0, noisy.height});
    expect_bands_equal_whole(noisy, wavelet_reach, [&](const Image& part, RowSpan rows) {
      return wavelet.restored(part, rows);
    });
  }
}

}  // namespace
}  // namespace limpid
