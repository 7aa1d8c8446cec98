#include "core/noise/noise.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <span>

#include "core/error.h"
#include "core/names.h"
#include "core/noise/mosaic.h"
#include "core/noise/noisy_value.h"

namespace limpid {

namespace {

// In the order of the enum.
constexpr const char* kind_names[] = {"gaussian", "poisson", "salt-pepper", "speckle", "camera"};

constexpr size_t block_values = 4;       // of Philox
constexpr size_t pixels_at_once = 1024;  // a multiple of that: all parts begin alike in a block
constexpr size_t most_channels = 3;

// Some pixels of a picture, and the draws they get: one a pixel, or one a value.
struct Part {
  size_t channels = 0;
  std::span<float> values;
  std::span<const uint32_t> bits;
};

// value = change(value, its draw).
template <class Draw, class Change>
void apply(const Part& part, std::span<const Draw> draws, Change change) {
  float* value = part.values.data();
  if (draws.size() == part.values.size()) {
    for (size_t i = 0; i < draws.size(); ++i) value[i] = change(value[i], draws[i]);
    return;
  }
  for (size_t i = 0; i < draws.size(); ++i) {
    for (size_t c = 0; c < part.channels; ++c, ++value) *value = change(*value, draws[i]);
  }
}

template <class Change>
void apply_normal(const Part& part, Change change) {
  std::array<float, pixels_at_once * most_channels> normal;
  const std::span<float> draws(normal.data(), part.bits.size());
  gaussian(part.bits, draws);
  apply<float>(part, draws, change);
}

void add_kind(const Part& part, const PlacedNoise& noise) {
  using namespace noisy_value;
  const float s = noise.strength;
  switch (noise.kind) {
    case NoiseKind::gaussian:
      return apply_normal(part, [s](float x, float n) { return with_gaussian(x, s, n); });
    case NoiseKind::speckle:
      return apply_normal(part, [s](float x, float n) { return with_speckle(x, s, n); });
    case NoiseKind::salt_pepper:
      return apply<uint32_t>(part, part.bits,
                             [s](float x, uint32_t bits) { return with_salt_pepper(x, s, bits); });
    case NoiseKind::poisson:
      return apply<uint32_t>(part, part.bits,
                             [s](float x, uint32_t bits) { return with_poisson(x, s, bits); });
    case NoiseKind::camera: break;  // not value by value
  }
}

}  // namespace

void check(const NoiseSettings& settings) {
  if (!(settings.strength >= 0 && settings.strength <= 1)) {
    throw Error("noise: strength " + std::to_string(settings.strength) + " is not in 0..1");
  }
  if (settings.weakest && !(*settings.weakest >= 0 && *settings.weakest <= settings.strength)) {
    throw Error("noise: the weakest strength " + std::to_string(*settings.weakest) +
                " is not in 0.." + std::to_string(settings.strength));
  }
  if (!(settings.no_clip_share >= 0 && settings.no_clip_share <= 1)) {
    throw Error("noise: the unclipped share " + std::to_string(settings.no_clip_share) +
                " is not in 0..1");
  }
  if (!(settings.monochrome_share >= 0 && settings.monochrome_share <= 1)) {
    throw Error("noise: the monochrome share " + std::to_string(settings.monochrome_share) +
                " is not in 0..1");
  }
  if (!(settings.camera_share >= 0 && settings.camera_share <= 1)) {
    throw Error("noise: the camera share " + std::to_string(settings.camera_share) +
                " is not in 0..1");
  }
  if (settings.camera_share > 0 && (settings.fixed_field || settings.kind != NoiseKind::gaussian)) {
    throw Error("noise: a camera share is for fresh gaussian noise only, not for " +
                (settings.fixed_field ? "a fixed field" : to_string(settings.kind)));
  }
  if (settings.fixed_field && settings.kind != NoiseKind::gaussian) {
    throw Error("noise: a fixed field is for gaussian noise only, not for " +
                to_string(settings.kind));
  }
}

namespace {

Sequence chance(const NoiseSettings& settings, const NoisePlace& place) {
  return {.seed = settings.seed,
          .stream = Stream::strength,
          .epoch = place.epoch,
          .item = place.picture};
}

}  // namespace

NoiseSettings drawn(const NoiseSettings& settings, const NoisePlace& place) {
  NoiseSettings here = settings;
  here.weakest.reset();
  here.no_clip_share = here.camera_share = 0;
  const std::array<uint32_t, 4> bits = chance(settings, place).block(0);
  if (settings.weakest) {
    const float least = std::sqrt(*settings.weakest);
    const float root = least + (std::sqrt(settings.strength) - least) * uniform(bits[0]);
    here.strength = root * root;
  }
  if (uniform(bits[1]) < settings.no_clip_share) here.clip = false;
  here.monochrome_share = uniform(bits[2]) < settings.monochrome_share ? 1.0f : 0.0f;
  if (uniform(bits[3]) < settings.camera_share) here.kind = NoiseKind::camera;
  return here;
}

PlacedNoise placed(const NoiseSettings& asked, const NoisePlace& place) {
  check(asked);
  const NoiseSettings settings = drawn(asked, place);
  const bool fixed = settings.fixed_field;
  const auto [site, smoothing, parting, reading] = chance(asked, place).block(1);
  const auto [colour_smoothing, blotched, spacing, red] = chance(asked, place).block(2);
  const std::array<uint32_t, 4> more = chance(asked, place).block(3);
  const bool one_of_many = asked.camera_share > 0;
  const bool developed = one_of_many && uniform(more[2]) >= 0.25f;  // else as its sensor saw it
  const float narrow = uniform(spacing);
  const float dark = 0.1f * uniform(reading);  // the value where reading adds as much as photons do
  return {
      .kind = settings.kind,
      .strength = settings.strength,
      .clip = settings.clip,
      .one_draw = fixed || settings.monochrome_share > 0 || settings.kind == NoiseKind::salt_pepper,
      .first_site = uint8_t(site >> 30),
      .smoothing = developed ? 1.5f * uniform(smoothing) - 0.5f : 0,
      .colour_smoothing = developed ? uniform(colour_smoothing) : 0,
      .blotched = developed ? std::min(2 * uniform(blotched), 1.0f) : 0,
      .blotch_spacing = developed ? 1 + 7 * narrow * narrow : 1,
      .parting = developed ? 0.375f * uniform(parting) - 0.25f : 0.25f * uniform(parting),
      .red = one_of_many ? 1 + 0.5f * uniform(red) : 1,
      .blue = one_of_many ? 1 + 0.5f * uniform(more[0]) : 1,
      .reading = dark * dark,
      .contrast = one_of_many ? 0.7f * uniform(more[1]) : 0,
      .sequence = {.seed = settings.seed,
                   .stream = Stream::noise,
                   .epoch = fixed ? UINT32_MAX : place.epoch,
                   .item = fixed ? UINT32_MAX : place.picture}};
}

void add_noise_to_rows(Image& rows, int top, bool gray, const PlacedNoise& noise) {
  assert(rows.channels == 1 || rows.channels == 3);
  assert((uint64_t(top) + rows.height) * rows.width * rows.channels <= uint64_t(1) << 32);
  if (noise.kind == NoiseKind::camera) return mosaic::add_noise(rows, top, gray, noise);
  const size_t channels = rows.channels;
  const size_t own = noise.one_draw || gray ? 1 : channels;
  const size_t pixels = rows.count() / channels;
  const size_t start = size_t(top) * rows.width * own;
  const size_t early = start % block_values;  // draws of the first block that are not ours
  std::array<uint32_t, pixels_at_once * most_channels + block_values> memory;
  for (size_t first = 0; first < pixels; first += pixels_at_once) {
    const size_t n = std::min(pixels_at_once, pixels - first);
    const std::span<uint32_t> bits(memory.data(), early + n * own);
    const std::span<float> values(&rows.pixels[first * channels], n * channels);
    noise.sequence.fill(uint32_t(start - early + first * own), bits);
    add_kind({.channels = channels, .values = values, .bits = bits.subspan(early)}, noise);
    if (noise.clip) {
      for (float& value : values) value = std::clamp(value, 0.0f, 1.0f);
    }
  }
}

Image add_noise(const Image& clean, const NoiseSettings& settings, const NoisePlace& place) {
  return add_placed_noise(clean, placed(settings, place));
}

Image add_placed_noise(const Image& clean, const PlacedNoise& noise) {
  Image noisy = clean;
  add_noise_to_rows(noisy, 0, is_gray(clean), noise);
  return noisy;
}

std::string to_string(NoiseKind kind) { return kind_names[size_t(kind)]; }

NoiseKind parse_noise_kind(const std::string& text) {
  return named<NoiseKind>(kind_names, text, "kind of noise");
}

}  // namespace limpid
