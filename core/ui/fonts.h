// The fonts, built into the program: Inter by Rasmus Andersson (SIL Open Font License 1.1), from
// Debian's fonts-inter.
#pragma once

#include <cstdint>
#include <span>

namespace limpid {

std::span<const uint8_t> body_font();
std::span<const uint8_t> strong_font();

}  // namespace limpid
