// A picture in the whole steps that files store: a quarter or half of an Image's memory.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "core/image/image.h"

namespace limpid {

struct Raster {
  int height = 0;
  int width = 0;
  int channels = 0;   // 1 gray, 3 red-green-blue
  int maximum = 255;  // the step of white; those above 255 take two bytes each
  // (height, width, channels)
  std::variant<std::vector<uint8_t>, std::vector<uint16_t>> steps;

  Raster() = default;
  Raster(int h, int w, int c, int maximum);  // black

  size_t count() const { return size_t(height) * size_t(width) * size_t(channels); }
  const void* data() const;  // of the steps, their first byte
  size_t bytes() const { return count() * (maximum > 255 ? 2 : 1); }
  bool empty() const { return count() == 0; }
  bool same_size(const Raster& other) const {
    return height == other.height && width == other.width && channels == other.channels;
  }
  // The i-th of them, for where speed does not matter.
  uint32_t step(size_t i) const;
  void set_step(size_t i, uint32_t step);
  float at(int y, int x, int c) const;  // 0..1
};

// The nearest of the steps 0..maximum; what is no number is black.
inline uint32_t to_step(float value, int maximum) {
  return value > 0 ? uint32_t((value < 1.0f ? value : 1.0f) * float(maximum) + 0.5f) : 0;
}

// True when every pixel has the same value in all its channels; and of a rectangle, see crop().
bool is_gray(const Raster& raster);
bool is_gray(const Raster& raster, int y, int x, int height, int width);

// The rectangle of `height` x `width` whose top left pixel is (y, x), which must lie inside; rows
// top .. top + count - 1; and all of them.
Image crop(const Raster& raster, int y, int x, int height, int width);
Image rows_of(const Raster& raster, int top, int count);
Image to_image(const Raster& raster);

// Puts rows, clamped to 0..1, where row `top` is the first of them.
void put_rows(const Image& rows, int top, Raster& raster);
Raster to_raster(const Image& image, int maximum);

}  // namespace limpid
