// WebP files, where libwebp was there when Limpid was built (webp.cpp, else no_webp.cpp). In a
// browser the page reads them (web/pictures.mjs).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/image/bytes.h"
#include "core/image/source.h"

namespace limpid {

inline bool is_webp(std::span<const uint8_t> file) {
  return says(file, 0, "RIFF") && says(file, 8, "WEBP");
}

struct WebpPicture {
  int height = 0;
  int width = 0;
  int channels = 0;                                               // 3, or 4 with alpha
  std::unique_ptr<void, void (*)(void*)> data{nullptr, nullptr};  // a byte each, as it was stored
  std::span<const uint8_t> exif = {};                             // of the file, or empty
  std::span<const uint8_t> xmp = {};                              // the same
  std::vector<uint8_t> profile = {};                              // ICC profile, or empty
};

// Reads a file that is_webp. Refuses one that is over the limits, broken or animated, and each
// where libwebp was not there.
WebpPicture read_webp(const Source& source);

}  // namespace limpid
