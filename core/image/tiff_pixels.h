// The pixels of a TIFF file on their way from its unpacked strips or tiles to upright rasters.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/image/exif.h"
#include "core/image/picture.h"

namespace limpid {

// What one pixel is.
struct TiffPixel {
  int bits = 8;     // of a sample: 1, 2, 4 (where it is the only one), 8 or 16
  int samples = 1;  // those of colour come first
  int colors = 1;   // how many of these: 1, 3; of a palette 1, the number in it
  int alpha = -1;   // which of the others; -1: none
  bool palette = false;
  bool from_white = false;     // 0 is white; of gray alone
  bool premultiplied = false;  // the colours, by alpha
};

// The pixels come in rectangles; where each sample has a plane of its own, in those of one plane
// after those of the other.
struct TiffBlocks {
  int height = 0;  // of one; at the right and the bottom they may reach out of the picture
  int width = 0;
  bool planes = false;

  int samples_in(const TiffPixel& pixel) const { return planes ? 1 : pixel.samples; }
};

struct TiffPalette {
  std::array<std::span<const uint16_t>, 3> colors = {};  // reds, greens, blues; 2^bits of each
  bool may_be_gray = true;  // where what is used of them is gray, the picture is
};

//   TiffPixels pixels(pixel, blocks, {.height = ..., .width = ..., .orientation = ...});
//   for (...) pixels.add(block, {.top = ..., .left = ..., .plane = ...});   // each of the blocks
//   StoredPicture picture = pixels.finish(palette);                         // without metadata
class TiffPixels {
 public:
  struct Size {
    int height = 0;  // as stored
    int width = 0;
    int orientation = 1;  // see exif.h
  };
  struct Place {
    int top = 0;  // of the block, as stored
    int left = 0;
    int plane = 0;  // its first sample
  };

  TiffPixels(const TiffPixel& pixel, const TiffBlocks& blocks, const Size& size);

  // Each row of the block begins with a new byte; numbers of 16 bits are in this machine's order.
  void add(std::span<const uint8_t> block, const Place& place);

  StoredPicture finish(const TiffPalette& palette) &&;

 private:
  void add_row(const uint8_t* row, int y, const Place& place);

  TiffPixel pixel_;
  TiffBlocks blocks_;
  Walk walk_;  // from the stored pixels to the upright ones
  StoredPicture picture_;
  std::vector<uint8_t> row_;  // of a block, where its numbers have less than 8 bits
};

}  // namespace limpid
