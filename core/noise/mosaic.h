// The noise of a camera: a sensor sees one colour at each place, red, green or blue in the pattern
// of Bayer (1976), and the two that miss are the means of their neighbours (bilinear demosaicing).
// So the noise of its pictures is not one of single values but of specks, mostly of colour, the
// more so as the colours are then parted to look as vivid as they were (a colour matrix).
//
// It is added to the light, the square of the stored value (a gamma of 2; files have about 2.2).
// The deviation of counted photons grows with the root of the light, which the root takes away
// again: so a picture's noise is about as strong everywhere, but for what reading the sensor adds
// to the dark.
//
// Makes of cameras differ in what follows: a quarter leave it at that; of the others some sharpen,
// most smooth, colour more than light, for there the eye misses less, and leave broad blotches of
// it; and the light decides how much more of red and blue white takes, and how much contrast. Of
// one make alone a network learns to know that one's specks, and takes another's for detail.
//
// Only what IEEE 754 rounds exactly, as in noisy_value.h, for GPUs run it too.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/image/image.h"
#include "core/noise/blotches.h"
#include "core/noise/noise.h"
#include "core/noise/noisy_value.h"

namespace limpid::mosaic {

// The sensor reaches this far beyond a picture of height x width on each side: it has width + 2 *
// margin places in a row, and pixel (y, x) lies on its place (y + margin, x + margin).
constexpr int margin = 2;

enum class Site { red, green_beside_red, green_beside_blue, blue };

// `first` (0..3) is what the place (0, 0) has.
constexpr Site site(int y, int x, int first) { return Site(((y & 1) * 2 + (x & 1)) ^ first); }

// What demosaicing makes of the place in the middle of above[-1 .. 1], here[-1 .. 1], below[-1 ..
// 1].
constexpr Colour demosaiced(const float* above, const float* here, const float* below, Site site) {
  const float beside = (here[-1] + here[1]) * 0.5f, upright = (above[0] + below[0]) * 0.5f;
  const float diagonal = ((above[-1] + above[1]) + (below[-1] + below[1])) * 0.25f;
  switch (site) {
    case Site::red: return {here[0], (beside + upright) * 0.5f, diagonal};
    case Site::green_beside_red: return {beside, here[0], upright};
    case Site::green_beside_blue: return {upright, here[0], beside};
    case Site::blue: return {diagonal, (beside + upright) * 0.5f, here[0]};
  }
  return {};
}

// Binomial weights: what is left of detail when a picture was scaled up, or smoothed by the camera.
constexpr float smoothed(float before, float here, float after) {
  return ((before + after) + 2 * here) * 0.25f;
}
constexpr Colour smoothed(const Colour& before, const Colour& here, const Colour& after) {
  return {smoothed(before.red, here.red, after.red),
          smoothed(before.green, here.green, after.green),
          smoothed(before.blue, here.blue, after.blue)};
}

constexpr bool is_smoothed(const PlacedNoise& noise) {
  return noise.smoothing != 0 || noise.colour_smoothing != 0;
}
constexpr bool is_blotched(const PlacedNoise& noise) { return noise.blotched != 0; }

// What a camera makes of the noise n, of which smoothed() leaves s: some of the way from the one to
// the other, or away from it, and of colour some of the way to the blotches. A gray picture gets
// `light` alone.
struct Developed {
  float light = 0;  // what all three have in common
  Colour colour;
};
constexpr Developed developed(const Colour& n, const Colour& s, const Colour& broad,
                              const PlacedNoise& noise) {
  const float before = gray_value(n.red, n.green, n.blue),
              after = gray_value(s.red, s.green, s.blue),
              middle = gray_value(broad.red, broad.green, broad.blue);
  const float light = before + noise.smoothing * (after - before);
  // A colour matrix that takes some of the other two from each leaves their mean alone.
  const float vivid = 1 + 3 * noise.parting;
  const auto colour = [&](float n_of, float s_of, float broad_of) {
    const float own = n_of - before;
    const float fine = own + noise.colour_smoothing * ((s_of - after) - own);
    return light + vivid * (fine + noise.blotched * ((broad_of - middle) - fine));
  };
  return {light,
          {noise.red * colour(n.red, s.red, broad.red), colour(n.green, s.green, broad.green),
           noise.blue * colour(n.blue, s.blue, broad.blue)}};
}

// The variance of one colour, in the mean of places and colours, `smoothing` of the way from n to
// s: of the squares of the weights above, of the products of both, and of those of s.
constexpr float variance(float smoothing) {
  const float rest = 1 - smoothing;
  return rest * rest * (7 / 12.0f) + 2 * rest * smoothing * (23 / 64.0f) +
         smoothing * smoothing * (545 / 2048.0f);
}

// Gives the noise a deviation of 1 in the mean of a picture's values. The three colours know
// nothing of one another, so their mean has a third of the variance, and what each has beside it
// two thirds; nor do blotches of what is fine.
LIMPID_ON_GPU_TOO inline float gain(const PlacedNoise& noise, bool gray) {
  const float light = variance(noise.smoothing);
  if (gray) return std::sqrt(3 / light);
  const float vivid = 1 + 3 * noise.parting, rest = 1 - noise.blotched;
  const float colour = rest * rest * variance(noise.colour_smoothing) +
                       noise.blotched * noise.blotched * blotches::variance;
  const float balance = (noise.red * noise.red + 1 + noise.blue * noise.blue) / 3;
  return std::sqrt(3 / ((light + 2 * vivid * vivid * colour) * balance));
}

// What a tone curve leaves of noise: cameras give contrast to the middle and take it from the dark
// and the bright, where their curves are flat.
constexpr float toned(float x, float contrast) {
  const float from_middle = 1 - 2 * x;
  return 1 - contrast * (from_middle * from_middle);
}

// x with the noise n of deviation `strength` where there is neither reading nor contrast; see
// noise.h.
LIMPID_ON_GPU_TOO inline float exposed(float x, float strength, const PlacedNoise& noise, float n) {
  const float light = x * x;
  const float here = strength * toned(x, noise.contrast);
  const float noisy = light + 2 * here * std::sqrt(light + noise.reading) * n;
  return std::sqrt(std::max(noisy, 0.0f));
}

// As add_noise_to_rows() does, of a placed NoiseKind::camera.
void add_noise(Image& rows, int top, bool gray, const PlacedNoise& noise);

}  // namespace limpid::mosaic
