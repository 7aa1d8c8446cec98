// The sources in shaders/, built into the program.
#pragma once

#include <cstdint>
#include <span>

namespace limpid {

std::span<const uint8_t> viewer_vertex_shader();
std::span<const uint8_t> viewer_fragment_shader();

}  // namespace limpid
