// Tiles in shared memory as the products of warpgroups read them: four warps multiply 64 rows by up
// to 256 columns at once, 16 deep, straight from shared memory (wgmma, Hopper only).
//
// A tile is made of rows of 128 bytes, eight chunks of 16, swizzled by 128 bytes: chunk c of row r
// lies at c ^ r % 8, rows counted from a multiple of 1,024 bytes, where the tile begins. (As the
// hardware takes r from the address, a product may begin at any row of a tile.) "Depth" is the
// dimension summed over:
// - along the depth: one row for each row or column of the product, 64 values deep; eight rows lie
//   together, the next eight `block_bytes` further;
// - across the depth: one row for each step of the depth, of 64 rows or columns of the product; the
//   next 64 lie `group_bytes` further.
// PTX ISA 8.x, "Asynchronous warpgroup level matrix shared memory layout": K-major and MN-major
// with 128-byte swizzling.
#pragma once

#include <cstdint>

namespace limpid::cuda {

constexpr int warpgroup_threads = 128;
constexpr int warpgroup_rows = 64;      // of one product
constexpr int product_depth = 16;       // of one product of bf16
constexpr int tile_row_chunks = 8;      // chunks in a tile's row
constexpr int chunk_values = 8;         // of bf16
constexpr int tile_row_values = 64;     // of bf16
constexpr int tile_block_bytes = 1024;  // eight rows: what the swizzle repeats after

enum class TileOrder { along, across };

// Where 16 of a tile's depth begin.
struct TileView {
  const void* at = nullptr;
  uint32_t group_bytes = 0;  // across only
  uint32_t block_bytes = tile_block_bytes;
};

// Of chunk `chunk` in row `row` of a tile.
constexpr int tile_place(int row, int chunk) { return row * tile_row_chunks + (chunk ^ (row & 7)); }

}  // namespace limpid::cuda
