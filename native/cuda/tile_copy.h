// Copies of whole tiles from the GPU's memory into a block's by Hopper's tensor memory accelerator:
// one thread asks, no thread computes addresses, and what lies outside the array arrives as zeros.
// Tiles are swizzled as products of warpgroups read them (warpgroup.h). Copies are waited for by
// mbarriers: words of shared memory that count arrivals of threads and bytes of copies. PTX ISA
// 8.x, "Tensors" and "mbarrier".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace limpid::cuda {

// An array of bf16 of four dimensions, the innermost first, and the tiles of it. A tile has 64
// values (128 bytes) of the innermost one, each a row of the tile, row after row.
struct TileSource {
  const void* memory = nullptr;        // a multiple of 16 bytes
  std::array<uint64_t, 4> sizes = {};  // the innermost a multiple of 8
  std::array<uint32_t, 3> tile = {};   // rows: values along the outer three; 256 * step at most
  std::array<uint32_t, 3> steps = {1, 1, 1};  // from one row to the next along these
};

// What a kernel gets, as a __grid_constant__ parameter. The driver's, opaque.
struct alignas(64) TileMap {
  std::byte bytes[128];
};

// Throws Error where the driver refuses it.
TileMap map_tiles(const TileSource& source);

struct alignas(8) Mbarrier {
  uint64_t state;
};

// The first value of a tile in the array; may lie outside. The innermost is a multiple of 8.
struct TileCorner {
  int at[4];
};

}  // namespace limpid::cuda
