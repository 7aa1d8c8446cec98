// Files of pictures that are known by their first bytes, and not read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/image/source.h"

namespace limpid {

// What the file is called, such as "HEIC"; none of those that are read, and of nothing unknown.
std::optional<std::string_view> foreign_format(std::span<const uint8_t> file);

// Refuses the file as one of that format.
[[noreturn]] void refuse_foreign(const Source& source, std::string_view format);

}  // namespace limpid
