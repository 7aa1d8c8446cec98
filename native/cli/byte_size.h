// Amounts of memory as people write them.
#pragma once

#include <cstddef>
#include <string>

namespace limpid {

// "512M", "512MiB", "512 MB", "1.5g", "4096": units of 1024. Throws UsageError naming the text when
// it is no size from 1 byte up, or more than a size_t holds.
size_t parse_byte_size(const std::string& text);

}  // namespace limpid
