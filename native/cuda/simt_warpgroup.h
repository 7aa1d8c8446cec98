// simt.h's words for products of warpgroups and copies of tiles, as instructions of Hopper's
// (sm_90a). Compiled for another GPU they trap: the engine does not launch them there
// (DeviceStream::has_warpgroups).
#pragma once

#include "native/cuda/tile_copy.h"
#include "native/cuda/warpgroup.h"

#ifdef __CUDA_ARCH_FEAT_SM90_ALL
#define LIMPID_WARPGROUPS(...) __VA_ARGS__
#else
#define LIMPID_WARPGROUPS(...) __trap()
#endif

#define LIMPID_OPERANDS_32 "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15"
#define LIMPID_OPERANDS_48 \
  LIMPID_OPERANDS_32       \
  ", "                     \
  "%16, %17, %18, %19, %20, %21, %22, %23"
#define LIMPID_OPERANDS_64 \
  LIMPID_OPERANDS_48       \
  ", "                     \
  "%24, %25, %26, %27, %28, %29, %30, %31"
#define LIMPID_OPERANDS_96 \
  LIMPID_OPERANDS_64       \
  ", "                     \
  "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47"
#define LIMPID_OPERANDS_128 \
  LIMPID_OPERANDS_96        \
  ", "                      \
  "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"
#define LIMPID_OPERANDS_192                                                                    \
  LIMPID_OPERANDS_128                                                                          \
  ", "                                                                                         \
  "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, %80, %81, " \
  "%82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95"

#define LIMPID_SUMS_8(mode, c, i)                                                             \
  mode(c[i]), mode(c[i + 1]), mode(c[i + 2]), mode(c[i + 3]), mode(c[i + 4]), mode(c[i + 5]), \
      mode(c[i + 6]), mode(c[i + 7])
#define LIMPID_SUMS_32(mode, c) LIMPID_SUMS_8(mode, c, 0), LIMPID_SUMS_8(mode, c, 8)
#define LIMPID_SUMS_48(mode, c) LIMPID_SUMS_32(mode, c), LIMPID_SUMS_8(mode, c, 16)
#define LIMPID_SUMS_64(mode, c) LIMPID_SUMS_48(mode, c), LIMPID_SUMS_8(mode, c, 24)
#define LIMPID_SUMS_96(mode, c) \
  LIMPID_SUMS_64(mode, c), LIMPID_SUMS_8(mode, c, 32), LIMPID_SUMS_8(mode, c, 40)
#define LIMPID_SUMS_128(mode, c) \
  LIMPID_SUMS_96(mode, c), LIMPID_SUMS_8(mode, c, 48), LIMPID_SUMS_8(mode, c, 56)
#define LIMPID_SUMS_192(mode, c)                                                    \
  LIMPID_SUMS_128(mode, c), LIMPID_SUMS_8(mode, c, 64), LIMPID_SUMS_8(mode, c, 72), \
      LIMPID_SUMS_8(mode, c, 80), LIMPID_SUMS_8(mode, c, 88)

// The operands are the sums, in their order, then the halves of both tiles' descriptors and whether
// they lie across the depth. adds: 1 to what the sums are, which then are "+f"; 0: the sums are
// "=f".
#define LIMPID_PRODUCT(width, adds, mode, low_a, high_a, low_b, high_b, at_across)                 \
  asm volatile(                                                                                    \
      "{.reg .pred p; .reg .b64 a, b; setp.ne.b32 p, " #adds ", 0; mov.b64 a, {" low_a ", " high_a \
      "}; mov.b64 b, {" low_b ", " high_b "}; wgmma.mma_async.sync.aligned.m64n" #width            \
      "k16.f32.bf16.bf16 {" LIMPID_OPERANDS_##width "}, a, b, p, 1, 1, " at_across ", " at_across  \
                                                    ";}"                                           \
      : LIMPID_SUMS_##width(mode, c)                                                               \
      : "r"(a.low), "r"(a.high), "r"(b.low), "r"(b.high), "n"(order == TileOrder::across ? 1 : 0))

namespace limpid::cuda {

// The halves of a descriptor: its lowest 14 bits say where the tile is, in units of 16 bytes, which
// all of a multiprocessor's shared memory fits into.
struct TileOperand {
  uint32_t low, high;

  __device__ TileOperand(const TileView& tile) {
    constexpr uint32_t swizzled_by_128_bytes = uint32_t(1) << 30;
    low = (shared_address(tile.at) >> 4 & 0x3FFF) | tile.group_bytes >> 4 << 16;
    high = tile.block_bytes >> 4 | swizzled_by_128_bytes;
  }
};
__device__ inline TileOperand operator+(TileOperand tile, int bytes) {
  tile.low += uint32_t(bytes) >> 4;
  return tile;
}

__device__ inline void fence_products() {
  LIMPID_WARPGROUPS(asm volatile("fence.proxy.async.shared::cta;" ::: "memory"));
}
__device__ inline void begin_products() {
  LIMPID_WARPGROUPS(asm volatile("wgmma.fence.sync.aligned;" ::: "memory"));
}
__device__ inline void commit_products() {
  LIMPID_WARPGROUPS(asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"));
}

// The sums are operands so that the compiler moves no use of them before the waiting.
template <int count>
__device__ inline void wait_products(float (&c)[count]) {
  LIMPID_WARPGROUPS(asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory"));
  for (int i = 0; i < count; ++i) asm volatile("" : "+f"(c[i])::"memory");
}

__device__ inline void wait_earlier_products() {
  LIMPID_WARPGROUPS(asm volatile("wgmma.wait_group.sync.aligned 1;" ::: "memory"));
}

template <int width, TileOrder order>
__device__ inline void multiply_add_tiles(float (&c)[width / 2], const TileOperand& a,
                                          const TileOperand& b) {
  static_assert(width == 32 || width == 48 || width == 64 || width == 96 || width == 128 ||
                width == 192);
  if constexpr (width == 32)
    LIMPID_WARPGROUPS(LIMPID_PRODUCT(32, 1, "+f", "%16", "%17", "%18", "%19", "%20"));
  if constexpr (width == 48)
    LIMPID_WARPGROUPS(LIMPID_PRODUCT(48, 1, "+f", "%24", "%25", "%26", "%27", "%28"));
  if constexpr (width == 64)
    LIMPID_WARPGROUPS(LIMPID_PRODUCT(64, 1, "+f", "%32", "%33", "%34", "%35", "%36"));
  if constexpr (width == 96)
    LIMPID_WARPGROUPS(LIMPID_PRODUCT(96, 1, "+f", "%48", "%49", "%50", "%51", "%52"));
  if constexpr (width == 128)
    LIMPID_WARPGROUPS(LIMPID_PRODUCT(128, 1, "+f", "%64", "%65", "%66", "%67", "%68"));
  if constexpr (width == 192)
    LIMPID_WARPGROUPS(LIMPID_PRODUCT(192, 1, "+f", "%96", "%97", "%98", "%99", "%100"));
}

// For one product only: what it adds to is not there yet.
template <int width, TileOrder order>
__device__ inline void multiply_tiles(float (&c)[width / 2], const TileOperand& a,
                                      const TileOperand& b) {
  static_assert(width == 64);
  LIMPID_WARPGROUPS(LIMPID_PRODUCT(64, 0, "=f", "%32", "%33", "%34", "%35", "%36"));
}

__device__ inline void start_mbarrier(Mbarrier* mbarrier, int arrivals) {
  LIMPID_WARPGROUPS(asm volatile(
      "mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(mbarrier)), "r"(arrivals)
      : "memory"));
}
__device__ inline void show_mbarriers() {
  LIMPID_WARPGROUPS(asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory"));
}
__device__ inline void arrive(Mbarrier* mbarrier) {
  LIMPID_WARPGROUPS(
      asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address(mbarrier))
                   : "memory"));
}
__device__ inline void arrive_expecting(Mbarrier* mbarrier, int bytes) {
  LIMPID_WARPGROUPS(asm volatile(
      "mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(mbarrier)),
      "r"(bytes)
      : "memory"));
}
__device__ inline void wait_phase(Mbarrier* mbarrier, int parity) {
  LIMPID_WARPGROUPS(
      asm volatile("{.reg .pred p; "
                   "again_%=: mbarrier.try_wait.parity.shared::cta.b64 p, [%0], %1; "
                   "@!p bra again_%=;}" ::"r"(shared_address(mbarrier)),
                   "r"(parity)
                   : "memory"));
}
__device__ inline void prefetch_map(const TileMap& map) {
  LIMPID_WARPGROUPS(asm volatile("prefetch.tensormap [%0];" ::"l"(&map) : "memory"));
}
__device__ inline void copy_tile(void* shared, const TileMap& map, Mbarrier* mbarrier,
                                 const TileCorner& corner) {
  LIMPID_WARPGROUPS(asm volatile(
      "cp.async.bulk.tensor.4d.shared::cluster.global.tile.mbarrier::complete_tx::bytes "
      "[%0], [%1, {%3, %4, %5, %6}], [%2];" ::"r"(shared_address(shared)),
      "l"(&map), "r"(shared_address(mbarrier)), "r"(corner.at[0]), "r"(corner.at[1]),
      "r"(corner.at[2]), "r"(corner.at[3])
      : "memory"));
}

}  // namespace limpid::cuda
