// The directories of a TIFF block: what EXIF is made of, and TIFF files and cameras' raw files too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace limpid {

// Numbers of a TIFF block in its byte order; 0 beyond its end.
struct TiffBlock {
  std::span<const uint8_t> bytes;
  bool little = false;

  uint32_t byte(size_t at) const { return at < bytes.size() ? bytes[at] : 0; }
  uint32_t u16(size_t at) const {
    return little ? byte(at) | byte(at + 1) << 8 : byte(at) << 8 | byte(at + 1);
  }
  uint32_t u32(size_t at) const {
    return little ? u16(at) | u16(at + 2) << 16 : u16(at) << 16 | u16(at + 2);
  }
};

// One of them: entries of 12 bytes, each with a tag, a type, a count, and a value or where it lies.
struct TiffDirectory {
  TiffBlock block;
  size_t at = 0;  // 0: there is none
  size_t entries = 0;

  size_t entry(size_t i) const { return at + 2 + 12 * i; }
  size_t next() const { return entry(entries); }  // where the next one is said to lie

  size_t find(uint32_t tag) const;                   // the entry; 0 when it is missing
  uint32_t count(uint32_t tag) const;                // of its values; 0 when it is missing
  uint32_t value(uint32_t tag, size_t i = 0) const;  // a whole number; 0 when it is missing or none
};

// The one that is said to lie there, and the first, which is the picture's.
TiffDirectory directory_at(const TiffBlock& block, size_t at);
TiffDirectory first_directory(std::span<const uint8_t> bytes);

}  // namespace limpid
