// Which way up a picture was stored, as the EXIF block of its file says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace limpid {

// Tag 0x0112 of an EXIF block (a TIFF header and what follows): 1 (upright) to 8; 1 when it is
// missing or makes no sense.
int exif_orientation(std::span<const uint8_t> exif);

// The block for the same picture stored upright: orientation 1, and without the thumbnail, which
// shows the picture as it was. Empty when it is none.
std::vector<uint8_t> upright_exif(std::span<const uint8_t> exif);

// How to walk the stored pixels (height x width, row by row) so that they come out upright: pixel
// (y, x) of the upright picture is stored at first + y * row_step + x * column_step.
struct Walk {
  int height = 0;  // upright
  int width = 0;
  ptrdiff_t first = 0;
  ptrdiff_t row_step = 0;
  ptrdiff_t column_step = 0;
};
Walk upright(int orientation, int height, int width);

}  // namespace limpid
