#include "core/noise/mosaic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/noise/noise.h"
#include "tests/golden_noise.h"

namespace limpid {
namespace {

// The noise m alone (noise.h) in one colour picture.
Image field(int height, int width, PlacedNoise noise, bool gray = false) {
  constexpr float x = 0.75f, s = 0.02f;
  noise.kind = NoiseKind::camera;
  noise.strength = s;
  noise.clip = false;
  Image rows(height, width, 3, x);
  mosaic::add_noise(rows, 0, gray, noise);
  for (float& y : rows.pixels) y = (y * y - x * x) / (2 * s * std::sqrt(x * x + noise.reading));
  return rows;
}

constexpr double rounding = 1e-5;  // of field()

// The normal value of the sensor's place at pixel (y, x), which may lie outside of the picture.
double normal_at(const Sequence& sequence, int width, int y, int x) {
  return gaussian(sequence.bits(
      uint32_t((y + mosaic::margin) * (width + 2 * mosaic::margin) + x + mosaic::margin)));
}

// By its definition: the mean of the nearest places that have the colour, itself if it has.
double demosaiced(const PlacedNoise& noise, int width, int y, int x, int colour) {
  const auto colour_of = [&](int dy, int dx) {
    const int site = ((((y + dy) & 1) << 1) | ((x + dx) & 1)) ^ noise.first_site;
    return site == 0 ? 0 : site == 3 ? 2 : 1;
  };
  for (const int distance : {0, 1, 2}) {  // in steps along rows and columns
    double sum = 0;
    int n = 0;
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) {
        if (std::abs(dy) + std::abs(dx) != distance || colour_of(dy, dx) != colour) continue;
        sum += normal_at(noise.sequence, width, y + dy, x + dx);
        ++n;
      }
    }
    if (n > 0) return sum / n;
  }
  return 0;
}

TEST(Mosaic, EachColourIsTheMeanOfTheNearestPlacesThatHaveIt) {
  for (uint8_t first_site = 0; first_site < 4; ++first_site) {
    const PlacedNoise noise = {.first_site = first_site, .sequence = {.seed = 9, .item = 3}};
    const Image found = field(37, 11, noise);
    for (int y = 0; y < 37; ++y) {
      for (int x = 0; x < 11; ++x) {
        for (int c = 0; c < 3; ++c) {
          const double expected = std::sqrt(12.0 / 7) * demosaiced(noise, 11, y, x, c);
          ASSERT_NEAR(found.at(y, x, c), expected, rounding)
              << int(first_site) << y << " " << x << c;
        }
      }
    }
  }
}

TEST(Mosaic, SmoothedIsTheBinomialMeanOfNinePixels) {
  const PlacedNoise noise = {
      .first_site = 2, .smoothing = 1, .colour_smoothing = 1, .sequence = {.seed = 4}};
  const Image found = field(35, 10, noise);
  const double weights[] = {0.25, 0.5, 0.25};
  for (int y = 0; y < 35; ++y) {
    for (int x = 0; x < 10; ++x) {
      for (int c = 0; c < 3; ++c) {
        double sum = 0;
        for (int dy = -1; dy <= 1; ++dy) {
          for (int dx = -1; dx <= 1; ++dx) {
            sum += weights[dy + 1] * weights[dx + 1] * demosaiced(noise, 10, y + dy, x + dx, c);
          }
        }
        ASSERT_NEAR(found.at(y, x, c), std::sqrt(2048.0 / 545) * sum, rounding)
            << y << " " << x << c;
      }
    }
  }
}

// Apart, and part of the way; the deviations of 1 that field() gives are taken away again.
TEST(Mosaic, LightAndColourAreSmoothedOrSharpenedEachInItsOwnWay) {
  const Sequence sequence = {.seed = 4};
  const Image sharp = field(20, 20, {.sequence = sequence});
  const Image smooth = field(20, 20, {.smoothing = 1, .colour_smoothing = 1, .sequence = sequence});
  const Image found =
      field(20, 20, {.smoothing = -0.5f, .colour_smoothing = 0.25f, .sequence = sequence});
  double most = 0;
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 20; ++x) {
      const auto own = [&](const Image& image, double deviation, int c) {
        return image.at(y, x, c) * deviation;
      };
      const double n = std::sqrt(7.0 / 12), s = std::sqrt(545.0 / 2048);
      const auto mean = [&](const Image& image, double deviation) {
        return (own(image, deviation, 0) + own(image, deviation, 1) + own(image, deviation, 2)) / 3;
      };
      const double light = 1.5 * mean(sharp, n) - 0.5 * mean(smooth, s);
      for (int c = 0; c < 3; ++c) {
        const double colour = 0.75 * (own(sharp, n, c) - mean(sharp, n)) +
                              0.25 * (own(smooth, s, c) - mean(smooth, s));
        // (2.25 * 7/12 - 1.5 * 23/64 + 0.25 * 545/2048) / 3
        // + 2 (0.5625 * 7/12 + 0.375 * 23/64 + 0.0625 * 545/2048) / 3
        const double variance = 0.2799886 + 0.3196818;
        ASSERT_NEAR(found.at(y, x, c), (light + colour) / std::sqrt(variance), 4 * rounding);
        most = std::max(most, std::abs(light));
      }
    }
  }
  EXPECT_GT(most, 1);
}

TEST(Mosaic, PartingTakesTheOtherColours) {
  const PlacedNoise plain = {.sequence = {.seed = 4}};
  PlacedNoise noise = plain;
  noise.parting = 0.25f;
  const Image before = field(20, 20, plain), after = field(20, 20, noise);
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 20; ++x) {
      for (int c = 0; c < 3; ++c) {
        const double others = before.at(y, x, (c + 1) % 3) + before.at(y, x, (c + 2) % 3);
        const double expected = (1.5 * before.at(y, x, c) - 0.25 * others) / std::sqrt(2.375);
        ASSERT_NEAR(after.at(y, x, c), expected, 2 * rounding);
      }
    }
  }
}

// What a colour has beside the mean of the three becomes the blotches', in part or all of it.
TEST(Mosaic, ColourTurnsIntoBlotches) {
  const PlacedNoise fine = {.blotch_spacing = 3, .sequence = {.seed = 4}};
  const std::vector<blotches::Colour> broad = blotches::rows(fine, 0, 20, 20);
  const Image before = field(20, 20, fine);
  for (const float part : {0.25f, 1.0f}) {
    PlacedNoise noise = fine;
    noise.blotched = part;
    const Image after = field(20, 20, noise);
    const double n = 7.0 / 12, kept = (1 - part) * (1 - part) * n + part * part * 0.3025;
    const double deviation = std::sqrt((n + 2 * kept) / 3);
    for (int y = 0; y < 20; ++y) {
      for (int x = 0; x < 20; ++x) {
        const auto own = [&](int c) { return std::sqrt(n) * before.at(y, x, c); };
        const double light = (own(0) + own(1) + own(2)) / 3;
        const blotches::Colour& b = broad[size_t(y) * 20 + size_t(x)];
        const double middle = (b.red + b.green + b.blue) / 3;
        const double green = light + (1 - part) * (own(1) - light) + part * (b.green - middle);
        ASSERT_NEAR(after.at(y, x, 1) * deviation, green, 4 * rounding) << part;
      }
    }
  }
}

TEST(Mosaic, RedAndBlueAreTakenMoreTimes) {
  const PlacedNoise plain = {.sequence = {.seed = 4}};
  PlacedNoise noise = plain;
  noise.red = 1.5f;
  noise.blue = 1.25f;
  const Image before = field(20, 20, plain), after = field(20, 20, noise);
  const double deviation = std::sqrt((1.5 * 1.5 + 1 + 1.25 * 1.25) / 3);
  const double times[] = {1.5, 1, 1.25};
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 20; ++x) {
      for (int c = 0; c < 3; ++c) {
        const double expected = times[c] * before.at(y, x, c) / deviation;
        ASSERT_NEAR(after.at(y, x, c), expected, 2 * rounding);
      }
    }
  }
}

// Counted photons: about the same at every value. Reading: more in the dark.
TEST(Mosaic, IsAddedToTheLight) {
  for (const float reading : {0.0f, 0.01f}) {
    for (const float value : {0.1f, 0.3f, 0.9f}) {
      const PlacedNoise noise = {.kind = NoiseKind::camera,
                                 .strength = 0.002f,
                                 .clip = false,
                                 .reading = reading,
                                 .sequence = {.seed = 2}};
      Image picture(256, 256, 3, value);
      mosaic::add_noise(picture, 0, false, noise);
      const double expected = 0.002 * std::sqrt(1 + reading / (value * value));
      EXPECT_NEAR(std::sqrt(moments_of(picture.pixels).variance), expected, 0.02 * expected)
          << reading << " " << value;
    }
  }
  const PlacedNoise dark = {.reading = 0.01f};
  EXPECT_EQ(mosaic::exposed(0.1f, 0.5f, dark, -3), 0) << "there is no light below none";
  EXPECT_NEAR(mosaic::exposed(0.6f, 0.1f, dark, 2), std::sqrt(0.36 + 0.4 * std::sqrt(0.37)), 1e-6);
}

TEST(Mosaic, ContrastSparesTheDarkAndTheBright) {
  for (const float value : {0.1f, 0.5f, 0.9f}) {
    const PlacedNoise noise = {.kind = NoiseKind::camera,
                               .strength = 0.002f,
                               .clip = false,
                               .contrast = 0.5f,
                               .sequence = {.seed = 2}};
    Image picture(256, 256, 3, value);
    mosaic::add_noise(picture, 0, false, noise);
    const double expected = value == 0.5f ? 0.002 : 0.002 * (1 - 0.5 * 0.64);
    EXPECT_NEAR(std::sqrt(moments_of(picture.pixels).variance), expected, 0.02 * expected) << value;
  }
}

TEST(Mosaic, RowsAreThoseOfTheWholePicture) {
  const PlacedNoise noise = {.kind = NoiseKind::camera,
                             .strength = 0.1f,
                             .first_site = 1,
                             .smoothing = 0.5f,
                             .colour_smoothing = 0.25f,
                             .blotched = 0.5f,
                             .blotch_spacing = 3,
                             .sequence = {.seed = 4}};
  Image whole(50, 9, 3, 0.5f), rows(20, 9, 3, 0.5f);
  mosaic::add_noise(whole, 0, false, noise);
  mosaic::add_noise(rows, 23, false, noise);
  EXPECT_EQ(rows.pixels, crop(whole, 23, 0, 20, 9).pixels);
}

// Neighbours are alike, so fewer values are free: the bounds are wider than independent ones'.
TEST(Mosaic, HasItsStrengthGrayOrColour) {
  for (const float smoothing : {-0.5f, 0.0f, 0.5f, 1.0f}) {
    for (const float colour : {0.0f, 0.7f, 1.0f}) {
      for (const bool gray : {false, true}) {
        const Image found = field(512, 512,
                                  {.smoothing = smoothing,
                                   .colour_smoothing = colour,
                                   .parting = 0.1f,
                                   .sequence = {.seed = 2}},
                                  gray);
        const Moments moments = moments_of(found.pixels);
        EXPECT_NEAR(moments.mean, 0, 0.02) << smoothing << " " << colour << gray;
        EXPECT_NEAR(moments.variance, 1, 0.02) << smoothing << " " << colour << gray;
        EXPECT_EQ(is_gray(found), gray);
      }
    }
  }
}

TEST(Mosaic, HasItsStrengthHoweverItsColoursAreMade) {
  for (const float blotched : {0.3f, 1.0f}) {
    for (const float parting : {-0.25f, 0.2f}) {
      const Image found = field(512, 512,
                                {.smoothing = 0.5f,
                                 .blotched = blotched,
                                 .blotch_spacing = 3,
                                 .parting = parting,
                                 .red = 1.5f,
                                 .blue = 1.2f,
                                 .sequence = {.seed = 2}});
      const Moments moments = moments_of(found.pixels);
      EXPECT_NEAR(moments.mean, 0, 0.02) << blotched << " " << parting;
      EXPECT_NEAR(moments.variance, 1, 0.03) << blotched << " " << parting;
    }
  }
}

TEST(Mosaic, NeighboursAreAlikeAndColoursAreNot) {
  const Image found = field(256, 256, {.sequence = {.seed = 2}});
  std::vector<float> green, beside, far, red;
  for (int y = 0; y < 256; ++y) {
    for (int x = 0; x + 3 < 256; ++x) {
      green.push_back(found.at(y, x, 1));
      beside.push_back(found.at(y, x + 1, 1));
      far.push_back(found.at(y, x + 3, 1));
      red.push_back(found.at(y, x, 0));
    }
  }
  EXPECT_GT(correlation(green, beside), 0.35);
  EXPECT_NEAR(correlation(green, far), 0, deviations / 256);
  EXPECT_NEAR(correlation(green, red), 0, deviations / 256);
}

TEST(Mosaic, LiesElsewhereFromPlaceToPlace) {
  const NoiseSettings settings = {.kind = NoiseKind::camera, .seed = 5};
  std::vector<int> sites(4);
  int strong = 0, dark = 0;
  for (uint32_t i = 0; i < 400; ++i) {
    const PlacedNoise noise = placed(settings, {.epoch = 1, .picture = i});
    ASSERT_LT(noise.first_site, 4);
    ++sites[noise.first_site];
    EXPECT_FALSE(mosaic::is_smoothed(noise));
    EXPECT_FALSE(mosaic::is_blotched(noise));
    EXPECT_EQ(noise.contrast, 0);
    EXPECT_EQ(noise.red, 1);
    EXPECT_EQ(noise.blue, 1);
    ASSERT_GT(noise.parting, 0);
    ASSERT_LT(noise.parting, 0.25f);
    ASSERT_LT(noise.reading, 0.01f);
    strong += noise.parting > 0.125f;
    dark += noise.reading > 0.0025f;
  }
  EXPECT_NEAR(strong, 200, 40);  // four deviations of 10
  EXPECT_NEAR(dark, 200, 40);
  for (const int n : sites) EXPECT_NEAR(n, 100, 35);  // four deviations of 8.7
}

TEST(Mosaic, AShareOfGaussianPlacesGetsItEachOfAnotherMake) {
  const NoiseSettings settings = {.strength = 0.3f, .seed = 5, .camera_share = 0.4f};
  int cameras = 0, developed = 0, sharpened = 0, dull = 0, both = 0;
  int blotched = 0, broad = 0, mixed = 0, vivid = 0, red = 0, red_and_blue = 0, soft = 0;
  for (uint32_t i = 0; i < 1000; ++i) {
    const PlacedNoise noise = placed(settings, {.picture = i});
    EXPECT_EQ(noise.strength, 0.3f);
    if (noise.kind != NoiseKind::camera) continue;
    ++cameras;
    ASSERT_GT(noise.contrast, 0);
    ASSERT_LT(noise.contrast, 0.7f);
    soft += noise.contrast < 0.35f;
    red += noise.red > 1.25f;
    red_and_blue += noise.red > 1.25f && noise.blue > 1.25f;
    if (!mosaic::is_blotched(noise)) {  // as its sensor saw it
      EXPECT_FALSE(mosaic::is_smoothed(noise));
      ASSERT_GT(noise.parting, 0);
      ASSERT_LT(noise.parting, 0.25f);
      vivid += noise.parting > 0.125f;
      continue;
    }
    ++developed;
    ASSERT_GE(noise.smoothing, -0.5f);
    ASSERT_LE(noise.smoothing, 1);
    ASSERT_GE(noise.colour_smoothing, 0);
    ASSERT_LE(noise.colour_smoothing, 1);
    ASSERT_LE(noise.blotched, 1);
    ASSERT_GE(noise.blotch_spacing, 1);
    ASSERT_LE(noise.blotch_spacing, 8);
    ASSERT_GE(noise.parting, -0.25f);
    ASSERT_LE(noise.parting, 0.125f);
    blotched += noise.blotched == 1;
    broad += noise.blotch_spacing > 2.75f;  // 1 + 7 / 4
    mixed += noise.parting < -0.0625f;
    sharpened += noise.smoothing < 0;
    dull += noise.colour_smoothing > 0.5f;
    both += noise.smoothing < 0 && noise.colour_smoothing > 0.5f;
  }
  EXPECT_NEAR(cameras, 400, 62);  // four deviations of 15.5
  EXPECT_NEAR(developed, 0.75 * cameras, 35);
  EXPECT_NEAR(vivid, (cameras - developed) / 2.0, 21);
  EXPECT_NEAR(sharpened, developed / 3.0, 33);
  EXPECT_NEAR(dull, developed / 2.0, 35);
  EXPECT_NEAR(both, developed / 6.0, 26);
  for (const int half : {blotched, broad, mixed}) EXPECT_NEAR(half, developed / 2.0, 35);
  for (const int half : {red, soft}) EXPECT_NEAR(half, cameras / 2.0, 40);
  EXPECT_NEAR(red_and_blue, cameras / 4.0, 35);  // of 8.7
  EXPECT_EQ(drawn(settings, {}).camera_share, 0);
}

}  // namespace
}  // namespace limpid
