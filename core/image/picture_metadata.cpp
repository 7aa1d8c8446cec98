#include "core/image/picture_metadata.h"

#include "core/image/bytes.h"

namespace limpid {

bool is_profile(std::span<const uint8_t> bytes, int channels) {
  constexpr size_t header_bytes = 128, space_at = 16, signature_at = 36;
  return bytes.size() >= header_bytes && bytes.size() <= most_profile_bytes &&
         says(bytes, signature_at, "acsp") &&
         says(bytes, space_at, channels == 1 ? "GRAY" : "RGB ");
}

}  // namespace limpid
