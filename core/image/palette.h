// Picture files whose pixels are numbers in a table of colours.
#pragma once

#include <cstdint>
#include <span>

namespace limpid {

// True for every GIF, and a PNG or BMP that is made so. Decoders give red, green and blue of them,
// also where the table holds grays alone.
bool has_palette(std::span<const uint8_t> file);

}  // namespace limpid
