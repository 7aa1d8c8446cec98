#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "core/error.h"
#include "core/noise/noise.h"
#include "core/noise/philox.h"
#include "tests/golden_noise.h"

namespace limpid {
namespace {

constexpr std::array all_kinds = {NoiseKind::gaussian, NoiseKind::poisson, NoiseKind::salt_pepper,
                                  NoiseKind::speckle, NoiseKind::camera};

// Of one colour, but not gray, so that each channel gets draws of its own.
Image flat(int side, float value) {
  Image image(side, side, 3, value);
  image.pixels[0] += 1e-3f;
  return image;
}

std::vector<float> channel(const Image& image, int c) {
  std::vector<float> values;
  for (size_t i = size_t(c); i < image.count(); i += image.channels) {
    values.push_back(image.pixels[i]);
  }
  return values;
}

TEST(Noise, EqualsTheGoldenPicturesToTheBit) {
  for (const auto& example : golden_noise()["pictures"]) {
    const NoiseSettings settings = {.kind = parse_noise_kind(example["kind"]),
                                    .strength = example["strength"],
                                    .seed = example["seed"],
                                    .clip = example["clip"],
                                    .fixed_field = example["fixed"],
                                    .camera_share = example["camera_share"]};
    const int channels = example["channels"];
    const Image clean = with_channels(
        pattern(example["height"], example["width"], example["gray"] ? 1 : 3), channels);
    const NoisePlace place = {.epoch = example["epoch"], .picture = example["picture"]};
    EXPECT_EQ(float_bits(add_noise(clean, settings, place).pixels),
              words_from_hex(example["noisy"]))
        << example["kind"] << ", " << channels << " channels, gray " << example["gray"]
        << ", fixed " << example["fixed"] << ", clip " << example["clip"] << ", camera share "
        << example["camera_share"];
  }
}

TEST(Noise, OfRowsIsThatOfTheWhole) {
  for (const NoiseKind kind : all_kinds) {
    for (const bool gray : {false, true}) {
      const Image clean = with_channels(pattern(23, 37, gray ? 1 : 3), 3);
      const NoiseSettings settings = {.kind = kind, .strength = 0.3f, .seed = 5};
      const Image noisy = add_noise(clean, settings);
      for (int top = 0; top < 23; ++top) {
        const int count = std::min(3, 23 - top);
        Image rows = crop(clean, top, 0, count, 37);
        add_noise_to_rows(rows, top, gray, placed(settings));
        EXPECT_EQ(rows.pixels, crop(noisy, top, 0, count, 37).pixels) << to_string(kind) << top;
      }
    }
  }
}

TEST(Noise, GaussianHasItsStrength) {
  for (const float strength : {0.05f, 0.4f, 1.0f}) {
    const Image noisy = add_noise(flat(512, 0.5f), {.strength = strength, .clip = false});
    const Moments moments = moments_of(noisy.pixels);
    const double n = double(noisy.count());
    EXPECT_NEAR(moments.mean, 0.5, deviations * strength / std::sqrt(n));
    EXPECT_NEAR(moments.variance, strength * strength,
                deviations * std::sqrt(2 / n) * strength * strength);
  }
}

TEST(Noise, SpeckleGrowsWithTheValue) {
  for (const float value : {0.0f, 0.25f, 1.0f}) {
    const Image noisy =
        add_noise(flat(512, value), {.kind = NoiseKind::speckle, .strength = 0.3f, .clip = false});
    const Moments moments = moments_of(noisy.pixels);
    const double n = double(noisy.count());
    const double expected = 0.3 * value;
    EXPECT_NEAR(moments.mean, value, 1e-8 + deviations * expected / std::sqrt(n));
    EXPECT_NEAR(moments.variance, expected * expected,
                1e-8 + deviations * std::sqrt(2 / n) * expected * expected);
  }
}

TEST(Noise, PoissonGrowsWithTheRoot) {
  for (const float strength : {0.03f, 0.4f}) {
    for (const float value : {0.0f, 0.02f, 0.5f, 1.0f}) {
      const Image noisy = add_noise(
          flat(512, value), {.kind = NoiseKind::poisson, .strength = strength, .clip = false});
      const Moments moments = moments_of(noisy.pixels);
      const double n = double(noisy.count());
      const double event = double(strength) * strength;
      const double variance = value * event;
      EXPECT_NEAR(moments.mean, value, 1e-8 + deviations * std::sqrt(variance / n));
      EXPECT_NEAR(
          moments.variance, variance,
          1e-6 * event +
              deviations * std::sqrt((variance * event * event + 2 * variance * variance) / n));
    }
  }
}

TEST(Noise, SaltAndPepperHitTheirShareOfPixels) {
  const Image clean = flat(512, 0.5f);
  const double n = 512 * 512;
  for (const float strength : {0.01f, 0.3f, 1.0f}) {
    const Image noisy = add_noise(clean, {.kind = NoiseKind::salt_pepper, .strength = strength});
    size_t salt = 0;
    size_t pepper = 0;
    for (size_t i = 0; i < noisy.count(); i += 3) {
      const float* pixel = &noisy.pixels[i];
      if (pixel[0] == 0 || pixel[0] == 1) {
        ASSERT_TRUE(pixel[1] == pixel[0] && pixel[2] == pixel[0]) << "channels differ";
        ++(pixel[0] == 1 ? salt : pepper);
      } else {
        ASSERT_TRUE(std::equal(pixel, pixel + 3, &clean.pixels[i]));
      }
    }
    const double half = double(strength) / 2;
    const double bound = deviations * std::sqrt(n * half * (1 - half));
    EXPECT_NEAR(double(salt), n * half, bound);
    EXPECT_NEAR(double(pepper), n * half, bound);
    if (strength == 1) {
      EXPECT_EQ(salt + pepper, size_t(n));
    }
  }
}

TEST(Noise, ClipsOnlyWhenTold) {
  for (const NoiseKind kind : {NoiseKind::gaussian, NoiseKind::poisson, NoiseKind::speckle}) {
    NoiseSettings settings = {.kind = kind, .strength = 0.5f};
    const Image clean = pattern(64, 64, 3);
    const Image clipped = add_noise(clean, settings);
    settings.clip = false;
    const Image free = add_noise(clean, settings);
    EXPECT_GT(*std::max_element(free.pixels.begin(), free.pixels.end()), 1);
    for (size_t i = 0; i < free.count(); ++i) {
      ASSERT_EQ(clipped.pixels[i], std::clamp(free.pixels[i], 0.0f, 1.0f));
    }
  }
}

TEST(Noise, StrengthZeroChangesNothing) {
  for (const NoiseKind kind : all_kinds) {
    for (const int channels : {1, 3}) {
      const Image clean = pattern(9, 7, channels);
      EXPECT_EQ(add_noise(clean, {.kind = kind, .strength = 0}).pixels, clean.pixels);
    }
  }
}

TEST(Noise, TheFaintestIsStillNumbers) {
  for (const NoiseKind kind : all_kinds) {
    const Image clean = pattern(9, 7, 3);
    const Image noisy = add_noise(clean, {.kind = kind, .strength = 1e-30f});
    for (size_t i = 0; i < clean.count(); ++i) ASSERT_NEAR(noisy.pixels[i], clean.pixels[i], 1e-6);
  }
}

TEST(Noise, GrayStaysGrayAndColorGetsItsOwn) {
  for (const NoiseKind kind : all_kinds) {
    const NoiseSettings settings = {.kind = kind, .strength = 0.2f, .clip = false};
    const Image gray = pattern(40, 40, 1);
    const Image noisy = add_noise(gray, settings);
    EXPECT_EQ(add_noise(with_channels(gray, 3), settings).pixels, with_channels(noisy, 3).pixels);
    // The camera's are not independent: test_mosaic.cpp.
    if (kind == NoiseKind::salt_pepper || kind == NoiseKind::camera) continue;
    const Image color = add_noise(flat(256, 0.5f), settings);
    const double bound = deviations / 256;
    EXPECT_NEAR(correlation(channel(color, 0), channel(color, 1)), 0, bound);
    EXPECT_NEAR(correlation(channel(color, 1), channel(color, 2)), 0, bound);
  }
}

TEST(Noise, PicturesEpochsAndSeedsAreIndependent) {
  const Image clean = flat(256, 0.5f);
  const double bound = deviations / std::sqrt(3.0 * 256 * 256);
  for (const NoiseKind kind : {NoiseKind::gaussian, NoiseKind::poisson, NoiseKind::speckle}) {
    NoiseSettings settings = {.kind = kind, .strength = 0.2f, .clip = false};
    const auto noisy = [&](const NoisePlace& place) {
      return add_noise(clean, settings, place).pixels;
    };
    const std::vector<float> first = noisy({.epoch = 4, .picture = 9});
    EXPECT_NEAR(correlation(first, noisy({.epoch = 4, .picture = 10})), 0, bound);
    EXPECT_NEAR(correlation(first, noisy({.epoch = 5, .picture = 9})), 0, bound);
    EXPECT_NEAR(correlation(first, noisy({.epoch = 9, .picture = 4})), 0, bound);
    EXPECT_EQ(noisy({.epoch = 4, .picture = 9}), first);
    settings.seed += uint64_t(1) << 32;
    EXPECT_NEAR(correlation(first, noisy({.epoch = 4, .picture = 9})), 0, bound);
  }
}

TEST(Noise, TheFixedFieldIsTheSameEverywhere) {
  NoiseSettings settings = {.strength = 0.5f, .clip = false, .fixed_field = true};
  const Image black(50, 40, 3);
  const Image field = add_noise(black, settings, {.epoch = 0, .picture = 0});
  EXPECT_TRUE(is_gray(field)) << "channels differ";
  EXPECT_EQ(add_noise(black, settings, {.epoch = 8, .picture = 77}).pixels, field.pixels);
  const Image clean = pattern(50, 40, 3);
  const Image noisy = add_noise(clean, settings, {.epoch = 2, .picture = 1});
  for (size_t i = 0; i < noisy.count(); ++i) {
    ASSERT_EQ(noisy.pixels[i], clean.pixels[i] + field.pixels[i]);
  }
  EXPECT_EQ(add_noise(Image(50, 40, 1), settings).pixels, channel(field, 0));
  settings.seed = 2;
  EXPECT_NE(add_noise(black, settings).pixels, field.pixels);
  settings.fixed_field = false;
  EXPECT_NE(add_noise(black, settings).pixels, field.pixels);
}

TEST(Noise, EachValueHasThePositionOfItsPlace) {
  Image clean(70, 50, 3);  // more pixels than are worked on at once
  clean.pixels[1] = 1;
  const NoiseSettings settings = {.strength = 1, .seed = 5, .clip = false};
  const Image noisy = add_noise(clean, settings, {.epoch = 2, .picture = 3});
  const Sequence sequence = {.seed = 5, .stream = Stream::noise, .epoch = 2, .item = 3};
  for (size_t i = 2; i < noisy.count(); ++i) {
    ASSERT_EQ(noisy.pixels[i], gaussian(sequence.bits(uint32_t(i)))) << i;
  }
  const Image top = add_noise(crop(clean, 0, 0, 7, 50), settings, {.epoch = 2, .picture = 3});
  EXPECT_EQ(top.pixels, crop(noisy, 0, 0, 7, 50).pixels) << "rows that both have";
}

TEST(Noise, OrderAndThreadsDoNotMatter) {
  constexpr uint32_t pictures = 12;
  const Image clean = pattern(45, 33, 3);
  for (const NoiseKind kind : all_kinds) {
    const NoiseSettings settings = {.kind = kind, .strength = 0.3f};
    const auto noisy = [&](uint32_t i) { return add_noise(clean, settings, {0, i}).pixels; };
    std::vector<std::vector<float>> forth(pictures);
    for (uint32_t i = 0; i < pictures; ++i) forth[i] = noisy(i);
    std::vector<std::vector<float>> back(pictures);
    std::vector<std::thread> threads;
    for (uint32_t t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        for (uint32_t i = pictures; i-- > 0;) {
          if (i % 3 == t) back[i] = noisy(i);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(back, forth) << to_string(kind);
  }
}

// The strengths' square roots are uniform between those of the ends.
TEST(Noise, DrawsAStrengthForEachPlace) {
  const NoiseSettings settings = {.strength = 0.49f, .seed = 3, .weakest = 0.09f};
  constexpr int places = 4000;
  std::vector<int> tenths(10);
  for (uint32_t i = 0; i < places; ++i) {
    const NoiseSettings here = drawn(settings, {.epoch = i % 7, .picture = i});
    EXPECT_FALSE(here.weakest);
    ASSERT_GE(here.strength, 0.0899f);
    ASSERT_LE(here.strength, 0.4901f);
    ++tenths[std::min(9, int((std::sqrt(here.strength) - 0.3) * 25))];
  }
  // Binomial: deviations of 19.
  for (const int n : tenths) EXPECT_NEAR(n, places / 10, 80);
}

TEST(Noise, APlaceGetsTheStrengthItWasDrawn) {
  const NoiseSettings settings = {.strength = 0.5f, .seed = 4, .weakest = 0.0f};
  const Image clean = pattern(20, 30, 3);
  for (uint32_t epoch : {0u, 1u}) {
    for (uint32_t picture : {0u, 1u}) {
      const NoisePlace place = {.epoch = epoch, .picture = picture};
      const NoiseSettings plain = {.strength = drawn(settings, place).strength, .seed = 4};
      EXPECT_EQ(add_noise(clean, settings, place).pixels, add_noise(clean, plain, place).pixels);
    }
  }
  EXPECT_NE(drawn(settings, {0, 0}).strength, drawn(settings, {0, 1}).strength);
  EXPECT_NE(drawn(settings, {0, 0}).strength, drawn(settings, {1, 0}).strength);
  const NoiseSettings one = {.strength = 0.2f, .weakest = 0.2f};
  EXPECT_FLOAT_EQ(drawn(one, {}).strength, 0.2f);
}

TEST(Noise, LeavesAShareUnclipped) {
  NoiseSettings settings = {.strength = 0.4f, .no_clip_share = 0.25f};
  int unclipped = 0;
  for (uint32_t i = 0; i < 1000; ++i) unclipped += !drawn(settings, {0, i}).clip;
  EXPECT_NEAR(unclipped, 250, 55);  // four deviations of 13.7
  const auto outside = [&] {
    int pictures = 0;
    for (uint32_t i = 0; i < 8; ++i) {
      const std::vector<float> noisy = add_noise(flat(16, 0.5f), settings, {0, i}).pixels;
      pictures += std::any_of(noisy.begin(), noisy.end(), [](float x) { return x < 0 || x > 1; });
    }
    return pictures;
  };
  settings.no_clip_share = 1;
  EXPECT_EQ(outside(), 8);
  settings.no_clip_share = 0;
  EXPECT_EQ(outside(), 0);
}

// A colour picture then gets, in each channel, what a gray one of the same size gets.
TEST(Noise, IsTheSameInAllChannelsOfAShare) {
  NoiseSettings settings = {.strength = 0.2f, .clip = false, .monochrome_share = 0.25f};
  int monochrome = 0;
  for (uint32_t i = 0; i < 1000; ++i) monochrome += drawn(settings, {0, i}).monochrome_share == 1;
  EXPECT_NEAR(monochrome, 250, 55);  // four deviations of 13.7
  Image colour(4, 4, 3), gray(4, 4, 1);
  for (size_t i = 0; i < colour.count(); ++i) colour.pixels[i] = i % 3 == 0 ? 0.25f : 0.5f;
  std::fill(gray.pixels.begin(), gray.pixels.end(), 0.5f);
  settings.monochrome_share = 1;
  const Image noisy = add_noise(colour, settings), expected = add_noise(gray, settings);
  for (size_t i = 0; i < gray.count(); ++i) {
    const float n = expected.pixels[i] - 0.5f;
    EXPECT_NEAR(noisy.pixels[3 * i] - 0.25f, n, 1e-6f);
    EXPECT_FLOAT_EQ(noisy.pixels[3 * i + 1], expected.pixels[i]);
    EXPECT_FLOAT_EQ(noisy.pixels[3 * i + 2], expected.pixels[i]);
  }
  settings.monochrome_share = 0;
  EXPECT_NE(add_noise(colour, settings).pixels, noisy.pixels);
}

TEST(Noise, RefusesWhatMakesNoSense) {
  const auto message = [](const NoiseSettings& settings) -> std::string {
    try {
      add_noise(Image(2, 2, 1), settings);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message({.strength = 1.5f}), "noise: strength 1.500000 is not in 0..1");
  EXPECT_NE(message({.strength = -0.1f}), "");
  EXPECT_NE(message({.strength = std::nanf("")}), "");
  EXPECT_EQ(message({.strength = 0.5f, .weakest = 0.6f}),
            "noise: the weakest strength 0.600000 is not in 0..0.500000");
  EXPECT_NE(message({.weakest = -0.1f}), "");
  EXPECT_NE(message({.weakest = std::nanf("")}), "");
  EXPECT_EQ(message({.no_clip_share = 1.5f}), "noise: the unclipped share 1.500000 is not in 0..1");
  EXPECT_EQ(message({.monochrome_share = -1}),
            "noise: the monochrome share -1.000000 is not in 0..1");
  EXPECT_EQ(message({.camera_share = 2}), "noise: the camera share 2.000000 is not in 0..1");
  EXPECT_EQ(message({.kind = NoiseKind::speckle, .camera_share = 0.5f}),
            "noise: a camera share is for fresh gaussian noise only, not for speckle");
  EXPECT_EQ(message({.fixed_field = true, .camera_share = 0.5f}),
            "noise: a camera share is for fresh gaussian noise only, not for a fixed field");
  EXPECT_EQ(message({.kind = NoiseKind::speckle, .fixed_field = true}),
            "noise: a fixed field is for gaussian noise only, not for speckle");
}

TEST(NoiseKind, HasNames) {
  for (const NoiseKind kind : all_kinds) EXPECT_EQ(parse_noise_kind(to_string(kind)), kind);
  EXPECT_EQ(to_string(NoiseKind::salt_pepper), "salt-pepper");
  for (const char* text : {"", "Gaussian", "salt_pepper", "fog"}) {
    try {
      parse_noise_kind(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.what(), "no kind of noise is called '" + std::string(text) +
                                  "' (there are: gaussian, poisson, salt-pepper, speckle, camera)");
    }
  }
}

}  // namespace
}  // namespace limpid
