// The JPEG container: what lies where in a file that is read, and what one that is written says.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/image/picture_metadata.h"

namespace limpid {

bool is_jpeg(std::span<const uint8_t> file);

struct JpegInfo {
  std::span<const uint8_t> exif;    // EXIF block (a TIFF header and what follows), or empty
  std::span<const uint8_t> xmp;     // XMP packet, or empty
  std::vector<uint8_t> profile;     // ICC profile, or empty
  uint32_t pixels_per_meter = 0;    // see PictureMetadata
  std::span<const uint8_t> pixels;  // from the first scan to the end of the file, or empty
};

// Searches a file that is_jpeg; never refuses one.
JpegInfo read_jpeg_segments(std::span<const uint8_t> file);

// Puts it where decoders look for it, in and behind the first segment, which must be that of JFIF.
// An EXIF block of over 65,527 bytes has no place in a JPEG and is left out, and so is XMP of over
// 65,504.
void add_to_jpeg(const PictureMetadata& metadata, std::vector<uint8_t>& file);

}  // namespace limpid
