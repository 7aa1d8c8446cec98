// Adding noise to a picture.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/image/image.h"
#include "core/noise/philox.h"

namespace limpid {

// x is the clean value, s the strength, n a standard normal value, all on the 0..1 scale.
enum class NoiseKind {
  gaussian,     // x + s n
  poisson,      // P / l with P drawn from Poisson(l x), l = 1 / s^2: deviation s at white
  salt_pepper,  // with probability s the pixel becomes 0 or 1 (all its channels), evenly
  speckle,      // x + x s n
  camera,       // sqrt(x^2 + 2 s sqrt(x^2 + r) m), m of deviation 1 but bound to its neighbours',
                // r what reading the sensor adds: mosaic.h; each place has a camera of its own, and
                // of a camera_share a tone curve too
};

struct NoiseSettings {
  NoiseKind kind = NoiseKind::gaussian;
  float strength = 0.2f;  // 0..1; 0.4 is 102 of 255
  uint64_t seed = 1;
  bool clip = true;          // to 0..1, as the article does
  bool fixed_field = false;  // gaussian only, the article's way: ONE height x width field of this
                             // seed for all pictures and epochs, the same for all channels
  std::optional<float> weakest = {};  // not above `strength`: each place gets a strength of its own
                                      // between the two, see drawn(); none: always `strength`
  float no_clip_share = 0;            // of the places, those whose noise is left unclipped
  float monochrome_share = 0;         // of the places, those whose channels all get the same noise
  float camera_share = 0;  // of the places, those that get a camera's noise instead of gaussian,
                           // each of a make of its own

  bool operator==(const NoiseSettings&) const = default;
};

// Which draw of the seed's: the same place always gets the same noise.
struct NoisePlace {
  uint32_t epoch = 0;
  uint32_t picture = 0;
};

// Throws Error when strength or a share is not in 0..1, `weakest` is above the strength, or
// fixed_field or a camera_share is set for another kind or for one another.
void check(const NoiseSettings& settings);

// The settings with what is left to chance decided for a place: `weakest` is none, no_clip_share
// and camera_share 0 and monochrome_share 0 or 1. The square root of the strength is uniform
// between the two square roots, so that weak noise, where little more or less makes most of a
// difference, comes more often: between 0 and 0.5, half of the places get less than 0.125.
NoiseSettings drawn(const NoiseSettings& settings, const NoisePlace& place);

// The noise of a place with nothing left to chance, as plain data: GPUs draw by it too.
struct PlacedNoise {
  NoiseKind kind = NoiseKind::gaussian;
  float strength = 0;
  bool clip = true;
  bool one_draw = false;  // for all channels of a pixel; a gray picture's always share it
  // A camera's, see mosaic.h. Of a camera share's, three quarters smooth or sharpen, blotch and mix
  // (parting up to 0.125); the others leave specks as fine and vivid as NoiseKind::camera's.
  uint8_t first_site = 0;      // 0..3
  float smoothing = 0;         // of what all colours have in common, -0.5 (sharpened) .. 1
  float colour_smoothing = 0;  // of what each has beside it, 0..1
  float blotched = 0;          // how much of the latter is blotches.h's, 0..1
  float blotch_spacing = 1;    // in pixels, 1..8
  float parting = 0;           // of colours, -0.25 (mixed) .. 0.25
  float red = 1, blue = 1;     // beside green, 1..1.5: white balance takes them times more
  float reading = 0;           // 0..0.01
  float contrast = 0;          // of the tone curve, 0..0.7
  Sequence sequence = {};
};

// Throws Error as check() does.
PlacedNoise placed(const NoiseSettings& settings, const NoisePlace& place = {});

// The picture with noise. Every channel has noise of its own, unless the picture is gray in every
// pixel (however many channels it is stored in): then all channels share one draw, as a gray
// camera's would, as do those of a monochrome place. What the settings leave to chance is drawn()
// first. Throws Error as check() does.
//
// Value c of pixel number i (row by row) takes its draw from position i * own + c % own of the
// sequence {seed, Stream::noise, epoch, picture}, where `own` is 1 for salt_pepper, a gray picture,
// a monochrome place and a fixed field, else the channels. So pictures of the same width share the
// noise of the rows they both have, and those of another width get the same values in other places.
// A fixed field is the place {2^32 - 1, 2^32 - 1}. A camera's noise takes a draw for each place of
// its sensor, row by row (mosaic.h).
Image add_noise(const Image& clean, const NoiseSettings& settings, const NoisePlace& place = {});
Image add_placed_noise(const Image& clean, const PlacedNoise& noise);  // of placed() settings

// The same for some rows of a picture that is not held whole: `top` is the number of the first.
// `gray`: the whole picture is, see above.
void add_noise_to_rows(Image& rows, int top, bool gray, const PlacedNoise& noise);

// "gaussian", "poisson", "salt-pepper", "speckle", "camera"; parsing throws Error listing them.
std::string to_string(NoiseKind kind);
NoiseKind parse_noise_kind(const std::string& text);

}  // namespace limpid
