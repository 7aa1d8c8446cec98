// The JPEG container: what lies where in a file.
#pragma once

#include <cstdint>
#include <span>

namespace limpid {

bool is_jpeg(std::span<const uint8_t> file);

struct JpegInfo {
  std::span<const uint8_t> exif;    // EXIF block (a TIFF header and what follows), or empty
  std::span<const uint8_t> pixels;  // from the first scan to the end of the file, or empty
};

// Searches a file that is_jpeg; never refuses one.
JpegInfo read_jpeg_segments(std::span<const uint8_t> file);

}  // namespace limpid
