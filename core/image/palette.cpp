#include "core/image/palette.h"

#include "core/image/bytes.h"
#include "core/image/png.h"

namespace limpid {

bool has_palette(std::span<const uint8_t> file) {
  const auto byte = [&](size_t at) { return at < file.size() ? int(file[at]) : 0; };
  if (is_png(file)) return byte(25) == 3;  // the colour type in IHDR
  if (says(file, 0, "BM")) {
    constexpr int core_header = 12;  // bytes, of OS/2
    const int bits = byte(14) == core_header ? byte(24) : byte(28);
    return bits >= 1 && bits <= 8;
  }
  return says(file, 0, "GIF8");
}

}  // namespace limpid
