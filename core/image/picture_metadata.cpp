#include "core/image/picture_metadata.h"

#include <algorithm>
#include <string_view>

namespace limpid {

bool is_profile(std::span<const uint8_t> bytes, int channels) {
  constexpr size_t header_bytes = 128, space_at = 16, signature_at = 36;
  const auto says = [&](size_t at, std::string_view word) {
    return std::equal(word.begin(), word.end(), bytes.begin() + ptrdiff_t(at));
  };
  return bytes.size() >= header_bytes && bytes.size() <= most_profile_bytes &&
         says(signature_at, "acsp") && says(space_at, channels == 1 ? "GRAY" : "RGB ");
}

}  // namespace limpid
