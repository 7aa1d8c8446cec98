#include "core/image/xmp.h"

#include <algorithm>
#include <string_view>

namespace limpid {

// It stands there as an attribute, tiff:Orientation="6", or as an element, <tiff:Orientation>6<.
std::vector<uint8_t> upright_xmp(std::span<const uint8_t> xmp) {
  constexpr std::string_view name = "tiff:Orientation", between = " \t\r\n=\"'>";
  std::vector<uint8_t> upright(xmp.begin(), xmp.end());
  for (auto at = upright.begin();;) {
    at = std::search(at, upright.end(), name.begin(), name.end());
    if (at == upright.end()) return upright;
    at = std::find_if(at + ptrdiff_t(name.size()), upright.end(),
                      [&](uint8_t c) { return between.find(char(c)) == std::string_view::npos; });
    if (at != upright.end() && *at >= '2' && *at <= '8') *at = '1';
  }
}

}  // namespace limpid
