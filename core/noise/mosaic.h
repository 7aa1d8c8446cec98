// The noise of a camera: a sensor sees one colour at each place, red, green or blue in the pattern of
// Bayer (1976), and the two that miss are the means of their neighbours (bilinear demosaicing). So
// the noise of its pictures is not one of single values but of specks, mostly of colour. It is
// gaussian and as strong in the dark as in the light: the deviation of counted photons grows with the
// root of the light, and the gamma of about 2.2 that pictures are stored with takes that away.
//
// Only what IEEE 754 rounds exactly, as in noisy_value.h, for GPUs run it too.
#pragma once

#include <cstdint>

#include "core/image/image.h"
#include "core/noise/noise.h"

namespace limpid::mosaic {

// The sensor reaches this far beyond a picture of height x width on each side: it has width + 2 *
// margin places in a row, and pixel (y, x) lies on its place (y + margin, x + margin).
constexpr int margin = 2;

enum class Site { red, green_beside_red, green_beside_blue, blue };

// `first` (0..3) is what the place (0, 0) has.
constexpr Site site(int y, int x, int first) { return Site(((y & 1) * 2 + (x & 1)) ^ first); }

struct Colour {
  float red = 0, green = 0, blue = 0;
};

// What demosaicing makes of the place in the middle of above[-1 .. 1], here[-1 .. 1], below[-1 .. 1].
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

// Gives the noise a deviation of 1 in the mean of a picture's values. The squares of the weights above
// add up, in the mean of places and colours, to 7/12 or, smoothed, to 545/2048; for a gray picture,
// whose noise is the three colours' mean, to a third of that.
constexpr float gain(bool smoothed, bool gray) {
  if (smoothed) return gray ? 3.3575876f : 1.9385041f;
  return gray ? 2.2677868f : 1.3093073f;
}

// As add_noise_to_rows() does, of a placed NoiseKind::camera.
void add_noise(Image& rows, int top, bool gray, const PlacedNoise& noise);

}  // namespace limpid::mosaic
