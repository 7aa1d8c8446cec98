// A picture as data sets and GPUs hold it: bytes instead of floats, gray once instead of three
// times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/image/image.h"

namespace limpid {

struct CompactImage {
  int height = 0;
  int width = 0;
  int channels = 0;             // 1 when every pixel is gray
  std::vector<uint8_t> bytes;   // (height, width, channels) in steps of 1/255, or
  std::vector<uint16_t> words;  // in steps of 1/65535; the other one is empty

  bool empty() const { return bytes.empty() && words.empty(); }
  size_t size_bytes() const { return bytes.size() + words.size() * sizeof(uint16_t); }
};

// Rounds to the nearest of the steps that `bit_depth` (8 or 16) has; values are clamped to 0..1. A
// decoded picture of that depth is kept exactly.
CompactImage compact(const Image& image, int bit_depth);

// The value that a step stands for. constexpr, so that GPUs run it too.
constexpr float step_value(uint8_t step) { return float(step) / 255.0f; }
constexpr float step_value(uint16_t step) { return float(step) / 65535.0f; }

// The picture with `channels` (1 or 3); a gray one is repeated, a colour one must be given its 3.
Image expand(const CompactImage& compact, int channels);

// Its rectangle of `height` x `width` whose top left pixel is (y, x), which must lie inside: what
// crop() makes of expand(), without the rest of the picture.
Image expand(const CompactImage& compact, int channels, int y, int x, int height, int width);

// is_gray() of that rectangle.
bool is_gray(const CompactImage& compact, int y, int x, int height, int width);

}  // namespace limpid
