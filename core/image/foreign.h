// Files of pictures that are known by their first bytes, and not read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace limpid {

// What the file is called, such as "HEIC"; none of those that are read, and of nothing unknown.
std::optional<std::string_view> foreign_format(std::span<const uint8_t> file);

}  // namespace limpid
