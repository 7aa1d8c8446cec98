// What a picture's file says besides the pixels, and a file of the restored picture should too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace limpid {

struct PictureMetadata {
  // ICC profile: which colours the numbers mean. Empty: the file says nothing, sRGB is meant.
  std::vector<uint8_t> profile = {};
  // EXIF block (a TIFF header and what follows): camera, time, place. Of a picture that is upright.
  std::vector<uint8_t> exif = {};
  // XMP packet: rating, title, rights. Of a picture that is upright.
  std::vector<uint8_t> xmp = {};
  // Of a PNG: its chunks that say which colours the numbers mean without a profile (cICP, gAMA,
  // cHRM, sRGB), with their frames, as they stood there. Other formats have no place for them.
  std::vector<uint8_t> png_chunks = {};
  // How large the picture is on paper, where its pixels are squares; 0: the file does not say. Read
  // of and written to PNG (pHYs) and JPEG (JFIF, in whole pixels an inch).
  uint32_t pixels_per_meter = 0;

  bool operator==(const PictureMetadata&) const = default;
};

// Larger profiles are taken for none; those of printers have up to some 3 MB.
constexpr size_t most_profile_bytes = size_t(8) << 20;

// True when it has the header of an ICC profile (ICC.1:2022, 7.2) whose numbers are those of
// pictures with so many channels: 1 gray, 3 red-green-blue.
bool is_profile(std::span<const uint8_t> bytes, int channels);

}  // namespace limpid
