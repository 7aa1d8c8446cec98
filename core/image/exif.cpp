#include "core/image/exif.h"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <utility>

namespace limpid {

namespace {

using Bytes = std::span<const uint8_t>;

bool starts_with(Bytes bytes, std::string_view start) {
  return bytes.size() >= start.size() &&
         std::equal(start.begin(), start.end(), bytes.begin(),
                    [](char a, uint8_t b) { return uint8_t(a) == b; });
}

// Numbers of a TIFF block in its byte order; 0 beyond its end.
struct Tiff {
  Bytes bytes;
  bool little = false;

  uint32_t byte(size_t at) const { return at < bytes.size() ? bytes[at] : 0; }
  uint32_t u16(size_t at) const {
    return little ? byte(at) | byte(at + 1) << 8 : byte(at) << 8 | byte(at + 1);
  }
  uint32_t u32(size_t at) const {
    return little ? u16(at) | u16(at + 2) << 16 : u16(at) << 16 | u16(at + 2);
  }
};

}  // namespace

int exif_orientation(Bytes exif) {
  constexpr uint32_t orientation_tag = 0x0112;
  constexpr uint32_t type_short = 3;
  const Tiff tiff = {.bytes = exif, .little = starts_with(exif, "II")};
  if (!tiff.little && !starts_with(exif, "MM")) return 1;
  if (tiff.u16(2) != 42) return 1;  // TIFF's magic number
  const size_t directory = tiff.u32(4);
  if (directory >= exif.size()) return 1;
  const size_t entries = tiff.u16(directory);
  for (size_t i = 0; i < entries; ++i) {
    const size_t entry = directory + 2 + 12 * i;  // tag, type, count, value
    if (entry + 12 > exif.size()) break;
    if (tiff.u16(entry) != orientation_tag) continue;
    const uint32_t value = tiff.u16(entry + 8);
    const bool valid = tiff.u16(entry + 2) == type_short && value >= 1 && value <= 8;
    return valid ? int(value) : 1;
  }
  return 1;
}

Walk upright(int orientation, int height, int width) {
  assert(orientation >= 1 && orientation <= 8);
  // Where row 0 and column 0 of the stored pixels are seen (EXIF 2.3, table of tag 0x0112).
  const bool from_bottom =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const bool from_right =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool turned = orientation >= 5;  // stored rows are upright columns
  Walk walk = {.height = height, .width = width, .row_step = width, .column_step = 1};
  if (from_bottom) {
    walk.first += ptrdiff_t(height - 1) * width;
    walk.row_step = -walk.row_step;
  }
  if (from_right) {
    walk.first += width - 1;
    walk.column_step = -1;
  }
  if (turned) {
    std::swap(walk.height, walk.width);
    std::swap(walk.row_step, walk.column_step);
  }
  return walk;
}

}  // namespace limpid
