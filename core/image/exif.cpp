#include "core/image/exif.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/image/tiff_directory.h"

namespace limpid {

namespace {

using Bytes = std::span<const uint8_t>;

// Where the value of the orientation is; 0 when it is missing or makes no sense.
size_t orientation_at(const TiffDirectory& directory) {
  constexpr uint32_t orientation_tag = 0x0112;
  constexpr uint32_t type_short = 3;
  const size_t entry = directory.find(orientation_tag);
  if (entry == 0) return 0;
  const uint32_t value = directory.block.u16(entry + 8);
  const bool valid = directory.block.u16(entry + 2) == type_short && value >= 1 && value <= 8;
  return valid ? entry + 8 : 0;
}

}  // namespace

int exif_orientation(Bytes exif) {
  const TiffDirectory directory = first_directory(exif);
  const size_t at = orientation_at(directory);
  return at > 0 ? int(directory.block.u16(at)) : 1;
}

std::vector<uint8_t> upright_exif(Bytes exif) {
  const TiffDirectory directory = first_directory(exif);
  if (directory.at == 0) return {};
  std::vector<uint8_t> upright(exif.begin(), exif.end());
  const size_t at = orientation_at(directory);
  if (at > 0) {
    upright[at] = directory.block.little ? 1 : 0;
    upright[at + 1] = directory.block.little ? 0 : 1;
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
