// Products of tiles, made when they are waited for, a warp at a time.
#include <cstring>

#include "native/cuda/emulation/block.h"

namespace limpid::cuda {
namespace emulation {
namespace {

// Of row or column `at` of the product and step `k` of the depth, from where the tile begins, as
// warpgroup.h has them lie; then swizzled.
float tile_value(const Product& product, const TileView& tile, int at, int k) {
  const auto number = [](int n) { return size_t(n); };
  const size_t plain =
      product.order == TileOrder::along
          ? number(at / 8) * tile.block_bytes + number(at % 8) * 128 + number(k) * 2
          : number(at / 64) * tile.group_bytes + number(k / 8) * tile.block_bytes +
                number(k % 8) * 128 + number(at % 64) * 2;
  const uint8_t* const memory = block.shared.data();
  size_t byte = size_t(static_cast<const uint8_t*>(tile.at) - memory) + plain;
  byte ^= (byte >> 7 & 7) << 4;
  const std::string fault = block.shared.read_for_product(memory + byte, 2, product.thread);
  if (!fault.empty()) {
    block.fault(fault + " by the warp of thread " + std::to_string(product.thread));
    return 0;
  }
  uint16_t half;
  std::memcpy(&half, memory + byte, 2);
  return bits_to_float(uint32_t(half) << 16);
}

// The warp's 16 rows of the 64.
void multiply_tiles(void** lane) {
  const Product& product = *static_cast<Product*>(lane[0]);
  const int first_row = product.thread / 32 % 4 * 16;
  float a[16][product_depth];
  for (int row = 0; row < 16; ++row) {
    for (int k = 0; k < product_depth; ++k) {
      a[row][k] = tile_value(product, product.a, first_row + row, k);
    }
  }
  for (int column = 0; column < product.width; ++column) {
    float b[product_depth];
    for (int k = 0; k < product_depth; ++k) b[k] = tile_value(product, product.b, column, k);
    for (int row = 0; row < 16; ++row) {
      float* const c = static_cast<Product*>(lane[row % 8 * 4 + column % 8 / 2])->c;
      float& sum = c[column / 8 * 4 + row / 8 * 2 + column % 2];
      if (!product.adds) sum = 0;
      for (int k = 0; k < product_depth; ++k) sum += a[row][k] * b[k];
    }
  }
}

}  // namespace

void start_product(const Product& product) {
  Thread& mine = block.mine();
  if (!mine.products_begun) block.fault("a product before begin_products()");
  mine.open_products.push_back(product);
  mine.open_products.back().thread = block.thread();
}

}  // namespace emulation

using emulation::block;

void fence_products() { block.shared.hand_over(block.thread()); }

void begin_products() { block.mine().products_begun = true; }

void commit_products() {
  block.mine().product_groups.push_back(std::move(block.mine().open_products));
  block.mine().open_products.clear();
}

void wait_for_products(int groups) {
  auto& waiting = block.mine().product_groups;
  while (int(waiting.size()) > groups) {
    for (emulation::Product& product : waiting.front()) {
      block.with_warp(emulation::multiply_tiles, &product);
    }
    waiting.pop_front();
  }
  block.mine().products_begun = false;
}

}  // namespace limpid::cuda
