// How noisy a picture is, from the picture alone.
#pragma once

#include <optional>

#include "core/image/image.h"
#include "core/noise/noise.h"

namespace limpid {

// The strength of gaussian noise, 0..1: Donoho & Johnstone 1994, "Ideal spatial adaptation by
// wavelet shrinkage": the median of the finest diagonal band (Haar's here) is hardly touched by the
// picture itself, and noise of deviation s has a median absolute value of 0.6745 s there.
//
// Noise clipped to 0..1 spreads less than it did before, the more the closer a pixel is to black or
// white. So only parts of a middle brightness are looked at, where there are any, and the deviation
// that was measured is taken for that of a clipped normal value, whose own deviation is the answer.
//
// Fine texture counts as noise: clean photographs give up to about 0.03. Pictures with a side under
// 2 pixels give 0. Of a large picture only its middle is looked at: see estimated_part().
double estimate_noise(const Image& image);

// Whether the noise is white, as gaussian noise is that was added to the values in a file: then it
// is as strong in the finest diagonal band of the picture at half the size (where the picture
// itself adds to it), and of colour pictures the channels have little of it in common. A camera's
// is not: its mosaic and its processing leave the coarser band about twice as strong, and JPEG
// leaves nearly the same noise in all channels. Noise that is weaker than the picture's texture
// (below some 0.02 in photographs), and none, is not called white, nor is that of pictures with a
// side under 16 pixels. Of a large picture the 512 x 512 pixels in its middle are looked at.
bool is_white_noise(const Image& image);

// A part of a picture: the rectangle whose top left pixel is (top, left).
struct PicturePart {
  int top = 0;
  int left = 0;
  int height = 0;
  int width = 0;
};

// What these look at, or more, for who does not hold the picture whole: what they say of that part
// by itself is the same. All of a picture, of a large one 2048 x 2048 pixels in its middle.
PicturePart estimated_part(int height, int width);

// What a method that has to be told the strength is told where the noise was `added`: its strength
// if it is gaussian; else none, and the estimate has to do.
std::optional<double> known_level(const std::optional<NoiseSettings>& added);

}  // namespace limpid
