#include "core/image/exif.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/image/bytes.h"

namespace limpid {

namespace {

using Bytes = std::span<const uint8_t>;

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

// The first directory of a TIFF block, which is the picture's.
struct Directory {
  Tiff tiff;
  size_t at = 0;  // 0: there is none
  size_t entries = 0;

  size_t entry(size_t i) const { return at + 2 + 12 * i; }  // tag, type, count, value
  size_t next() const { return entry(entries); }            // where the next one is said to lie
};

Directory first_directory(Bytes exif) {
  const Tiff tiff = {.bytes = exif, .little = says(exif, 0, "II")};
  if (!tiff.little && !says(exif, 0, "MM")) return {};
  if (tiff.u16(2) != 42) return {};  // TIFF's magic number
  const size_t at = tiff.u32(4);
  if (at >= exif.size()) return {};
  return {tiff, at, tiff.u16(at)};
}

// Where the value of the orientation is; 0 when it is missing or makes no sense.
size_t orientation_at(const Directory& directory) {
  constexpr uint32_t orientation_tag = 0x0112;
  constexpr uint32_t type_short = 3;
  const Tiff& tiff = directory.tiff;
  for (size_t i = 0; i < directory.entries; ++i) {
    const size_t entry = directory.entry(i);
    if (entry + 12 > tiff.bytes.size()) break;
    if (tiff.u16(entry) != orientation_tag) continue;
    const uint32_t value = tiff.u16(entry + 8);
    const bool valid = tiff.u16(entry + 2) == type_short && value >= 1 && value <= 8;
    return valid ? entry + 8 : 0;
  }
  return 0;
}

}  // namespace

int exif_orientation(Bytes exif) {
  const Directory directory = first_directory(exif);
  const size_t at = orientation_at(directory);
  return at > 0 ? int(directory.tiff.u16(at)) : 1;
}

std::vector<uint8_t> upright_exif(Bytes exif) {
  const Directory directory = first_directory(exif);
  if (directory.at == 0) return {};
  std::vector<uint8_t> upright(exif.begin(), exif.end());
  const size_t at = orientation_at(directory);
  if (at > 0) {
    upright[at] = directory.tiff.little ? 1 : 0;
    upright[at + 1] = directory.tiff.little ? 0 : 1;
  }
  const size_t next = directory.next();  // the thumbnail's
  if (next + 4 <= upright.size()) std::fill_n(upright.begin() + ptrdiff_t(next), 4, uint8_t(0));
  return upright;
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
