// The PNG container: checking and searching one that is read, building one that is written.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/image/source.h"

namespace limpid {

bool is_png(std::span<const uint8_t> file);

struct PngInfo {
  uint32_t width = 0;
  uint32_t height = 0;
  std::span<const uint8_t> exif;  // content of the eXIf chunk, or empty
};

// Walks the chunks of a file that is_png. Refuses one over the limits, one whose chunks leave the
// file or do not come to the end, and one with a wrong check sum in a chunk that matters
// (stb_image looks at no check sum).
PngInfo read_png_chunks(const Source& source);

struct PngPixels {
  uint32_t width = 0;
  uint32_t height = 0;
  int channels = 0;   // 1 gray, 2 gray and alpha, 3 colour, 4 colour and alpha
  int bit_depth = 0;  // 8, or 16 with the high byte first
  std::span<const uint8_t> rows;
};

// The whole file. Throws Error when there are more pixels than the compressor can count.
std::vector<uint8_t> build_png(const PngPixels& pixels);

}  // namespace limpid
