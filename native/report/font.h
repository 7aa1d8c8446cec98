// The font that is built in: the bytes of a TrueType file.
#pragma once

#include <cstdint>
#include <span>

namespace limpid {

// Empty when the build found no font. Written by cmake/embed.cmake.
std::span<const uint8_t> font_file();

}  // namespace limpid
