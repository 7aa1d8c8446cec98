// A hash to tell contents apart: FNV-1a, 64 bits. http://www.isthe.com/chongo/tech/comp/fnv/
#pragma once

#include <cstdint>
#include <span>

namespace limpid {

inline uint64_t fnv1a(std::span<const uint8_t> bytes) {
  uint64_t hash = 0xCBF29CE484222325;
  for (const uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3;
  return hash;
}

}  // namespace limpid
