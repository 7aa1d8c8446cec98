// What stands in the bytes of a file.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace limpid {

// True when the word stands at byte `at`.
inline bool says(std::span<const uint8_t> bytes, size_t at, std::string_view word) {
  return at <= bytes.size() && word.size() <= bytes.size() - at &&
         std::equal(word.begin(), word.end(), bytes.begin() + ptrdiff_t(at),
                    [](char a, uint8_t b) { return uint8_t(a) == b; });
}

}  // namespace limpid
