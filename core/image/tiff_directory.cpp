#include "core/image/tiff_directory.h"

#include "core/image/bytes.h"

namespace limpid {

namespace {

constexpr uint32_t type_short = 3, type_long = 4, type_directory = 13;

}  // namespace

size_t TiffDirectory::find(uint32_t tag) const {
  for (size_t i = 0; i < entries; ++i) {
    if (entry(i) + 12 > block.bytes.size()) break;
    if (block.u16(entry(i)) == tag) return entry(i);
  }
  return 0;
}

uint32_t TiffDirectory::count(uint32_t tag) const {
  const size_t found = find(tag);
  return found > 0 ? block.u32(found + 4) : 0;
}

uint32_t TiffDirectory::value(uint32_t tag, size_t i) const {
  const size_t found = find(tag);
  if (found == 0 || i >= block.u32(found + 4)) return 0;
  const uint32_t type = block.u16(found + 2);
  const size_t bytes = type == type_short ? 2 : 4;
  if (type != type_short && type != type_long && type != type_directory) return 0;
  const bool lies_there = block.u32(found + 4) <= 4 / bytes;
  const size_t start = lies_there ? found + 8 : block.u32(found + 8);
  return bytes == 2 ? block.u16(start + 2 * i) : block.u32(start + 4 * i);
}

TiffDirectory directory_at(const TiffBlock& block, size_t at) {
  if (at == 0 || at >= block.bytes.size()) return {};
  return {block, at, block.u16(at)};
}

TiffDirectory first_directory(std::span<const uint8_t> bytes) {
  const TiffBlock block = {.bytes = bytes, .little = says(bytes, 0, "II")};
  if (!block.little && !says(bytes, 0, "MM")) return {};
  if (block.u16(2) != 42) return {};  // TIFF's magic number
  return directory_at(block, block.u32(4));
}

}  // namespace limpid
