#include "core/classical/classical_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/classical/bilateral.h"
#include "core/classical/median.h"
#include "core/classical/nlm.h"
#include "core/classical/wavelet.h"
#include "core/noise/estimate.h"
#include "core/noise/noise.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

// Of several bands.
Image noisy_picture(ClassicalMethod method, int channels) {
  const std::map<ClassicalMethod, int> heights = {{ClassicalMethod::median, 307},
                                                  {ClassicalMethod::bilateral, 151},
                                                  {ClassicalMethod::nlm, 43},
                                                  {ClassicalMethod::wavelet, 601}};
  return add_noise(pattern(heights.at(method), 1001, channels), {.strength = 0.2f});
}

// All rows at once.
Image all_rows(ClassicalMethod method, const Image& noisy, double sigma) {
  const RowSpan all = {0, noisy.height};
  switch (method) {
    case ClassicalMethod::median: return median_rows(noisy, all, sigma);
    case ClassicalMethod::bilateral: return bilateral_rows(noisy, all, sigma);
    case ClassicalMethod::nlm: return nlm_rows(noisy, all, sigma);
    case ClassicalMethod::wavelet: break;
  }
  Wavelet wavelet({noisy.height, noisy.width, noisy.channels}, sigma);
  wavelet.look_at(noisy, all);
  return wavelet.restored(noisy, all);
}

Image restored_at_once(ClassicalMethod method, const Image& noisy, double sigma) {
  Image restored = all_rows(method, noisy, sigma);
  for (float& value : restored.pixels) value = std::clamp(value, 0.0f, 1.0f);
  return restored;
}

TEST(ClassicalRun, BandsAreTheWhole) {
  for (const ClassicalMethod method : classical_methods()) {
    for (const int channels : {1, 3}) {
      SCOPED_TRACE(to_string(method) + std::to_string(channels));
      const Image noisy = noisy_picture(method, channels);
      const Shape shape = {noisy.height, noisy.width, channels};
      ClassicalRun run(method, 0.2, shape, rows_of(noisy));
      int bands = 0;
      Image restored(0, noisy.width, channels);
      while (run.done() < run.total()) {
        run.step();
        const Image rows = run.take_rows();
        bands += rows.empty() ? 0 : 1;
        restored.pixels.insert(restored.pixels.end(), rows.pixels.begin(), rows.pixels.end());
      }
      EXPECT_GE(bands, 2);
      EXPECT_TRUE(restored.pixels == restored_at_once(method, noisy, 0.2).pixels);
    }
  }
}

TEST(ClassicalRun, AGrayPictureInColourIsRestoredAsGray) {
  for (const ClassicalMethod method : classical_methods()) {
    const Image noisy = noisy_picture(method, 1);
    EXPECT_TRUE(classical_denoise(method, with_channels(noisy, 3), 0.2).pixels ==
                with_channels(restored_at_once(method, noisy, 0.2), 3).pixels)
        << to_string(method);
    Image tinted = with_channels(noisy, 3);  // by its last pixel alone
    tinted.pixels.back() += 0.01f;
    EXPECT_TRUE(classical_denoise(method, tinted, 0.2).pixels ==
                restored_at_once(method, tinted, 0.2).pixels)
        << to_string(method);
  }
}

TEST(ClassicalRun, EstimatesTheNoiseOfAPictureInParts) {
  const Image noisy = add_noise(Image(2100, 900, 1, 0.5f), {.strength = 0.1f});
  EXPECT_TRUE(classical_denoise(ClassicalMethod::median, noisy, std::nullopt).pixels ==
              restored_at_once(ClassicalMethod::median, noisy, estimate_noise(noisy)).pixels);
  const Image wide = add_noise(pattern(20, 2300, 1), {.strength = 0.1f});
  EXPECT_TRUE(classical_denoise(ClassicalMethod::bilateral, wide, std::nullopt).pixels ==
              restored_at_once(ClassicalMethod::bilateral, wide, estimate_noise(wide)).pixels);
}

TEST(ClassicalRun, WithoutNoiseItIsThePicture) {
  const Image noisy = noisy_picture(ClassicalMethod::nlm, 3);
  for (const ClassicalMethod method : classical_methods()) {
    for (const double sigma : {0.0, 1e-30, 1e-21, 9e-7}) {
      EXPECT_TRUE(classical_denoise(method, noisy, sigma).pixels == noisy.pixels)
          << to_string(method) << sigma;
    }
  }
}

TEST(ClassicalRun, TheLeastNoiseLeavesNumbers) {
  const Image noisy = noisy_picture(ClassicalMethod::nlm, 3);
  for (const ClassicalMethod method : classical_methods()) {
    if (method == ClassicalMethod::median) continue;  // whose window is never less
    const Image restored = classical_denoise(method, noisy, 1e-6);
    for (size_t i = 0; i < noisy.count(); ++i) {
      ASSERT_NEAR(restored.pixels[i], noisy.pixels[i], 1e-5) << to_string(method);
    }
  }
}

TEST(ClassicalRun, StopsBetweenTwoBands) {
  for (const ClassicalMethod method : classical_methods()) {
    const Image noisy = noisy_picture(method, 3);
    int told = -1;
    const Image nothing = classical_denoise(method, noisy, 0.2, [&](int done, int total) {
      EXPECT_GT(done, told);
      EXPECT_LT(done, total);
      told = done;
      return done < total - 1;
    });
    EXPECT_TRUE(nothing.empty());
    EXPECT_GE(told, 2);
  }
}

}  // namespace
}  // namespace limpid
