// XMP (ISO 16684-1): what programs for photographs note of one in XML, such as rating, title and
// rights.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace limpid {

// The packet for the same picture stored upright: tiff:Orientation, where it has one, is 1.
std::vector<uint8_t> upright_xmp(std::span<const uint8_t> xmp);

}  // namespace limpid
