// The PNG container: checking and searching one that is read, building one that is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/image/picture_metadata.h"
#include "core/image/source.h"

namespace limpid {

bool is_png(std::span<const uint8_t> file);

struct PngInfo {
  uint32_t width = 0;
  uint32_t height = 0;
  uint64_t unpacked_bytes = 0;  // of its pixels: rows, each with its filter; interlaced up to twice
  std::span<const uint8_t> exif;      // content of the eXIf chunk, or empty
  std::span<const uint8_t> xmp;       // XMP packet, where it is not packed, or empty
  std::vector<uint8_t> profile = {};  // ICC profile, or empty
  std::vector<uint8_t> kept = {};     // see PictureMetadata::png_chunks
  uint32_t pixels_per_meter = 0;      // see PictureMetadata
};

// Walks the chunks of a file that is_png. Refuses one over the limits, one whose chunks leave the
// file or do not come to the end, and one with a wrong check sum in a chunk that matters
// (stb_image looks at no check sum).
PngInfo read_png_chunks(const Source& source);

struct PngShape {
  uint32_t width = 0;
  uint32_t height = 0;
  int channels = 0;   // 1 gray, 2 gray and alpha, 3 colour, 4 colour and alpha
  int bit_depth = 0;  // 8, or 16 with the high byte first

  size_t row_bytes() const { return size_t(width) * channels * bit_depth / 8; }
};

//   PngWriter writer(shape);
//   for (...) writer.add_row(row);   // each of the rows, from the top to the bottom
//   std::vector<uint8_t> file = writer.finish();
class PngWriter {
 public:
  PngWriter(const PngShape& shape, const PictureMetadata& metadata);
  ~PngWriter();

  void add_row(std::span<const uint8_t> row);  // of row_bytes()
  std::vector<uint8_t> finish();               // the whole file

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace limpid
