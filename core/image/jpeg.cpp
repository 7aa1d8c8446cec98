#include "core/image/jpeg.h"

#include <algorithm>
#include <cassert>
#include <string_view>

namespace limpid {

bool is_jpeg(std::span<const uint8_t> file) {
  return file.size() >= 2 && file[0] == 0xFF && file[1] == 0xD8;
}

JpegInfo read_jpeg_segments(std::span<const uint8_t> file) {
  assert(is_jpeg(file));
  constexpr std::string_view signature("Exif\0\0", 6);
  JpegInfo info;
  size_t at = 2;  // behind the start marker; segments are FF, kind, length (with itself), content
  while (file.size() - at >= 4 && file[at] == 0xFF) {
    const int kind = file[at + 1];
    if (kind == 0xFF) {  // padding
      ++at;
      continue;
    }
    if (kind == 0xDA) info.pixels = file.subspan(at);
    const size_t length = size_t(file[at + 2]) << 8 | file[at + 3];
    if (kind == 0xDA || length < 2 || length > file.size() - at - 2) break;
    const std::span<const uint8_t> content = file.subspan(at + 4, length - 2);
    if (kind == 0xE1 && content.size() >= signature.size() &&
        std::equal(signature.begin(), signature.end(), content.begin())) {
      info.exif = content.subspan(signature.size());
    }
    at += 2 + length;
  }
  return info;
}

}  // namespace limpid
