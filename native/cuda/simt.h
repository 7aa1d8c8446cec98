// What kernels are written in: CUDA's own words (__global__, threadIdx, __syncthreads) and the few
// below. Compiled by nvcc they are the GPU's instructions; compiled as C++ they run in the
// emulation (emulation/emulation.h), which finds races, reads of what nobody wrote and copies that
// nobody waited for. Only .cu files and headers of kernels include this.
//
//   launch(stream, name, {grid, block, shared}, kernel, arguments...)  asks for a kernel
//   block_memory()                   the block's shared memory, 1,024-byte aligned
//   load_shared(p), store_shared(p)  every access to it
//   copy_async(shared, global, inside)  starts a copy of 16 bytes; zeros unless inside, and then
//                                    global may be any address; copy_async<8>: of 8
//   commit_copies()                  ends a group of copies
//   wait_copies<N>()                 waits for all groups of this thread but the last N
//   load_matrices(r, row)            ldmatrix.x4: 4 matrices of 8 rows of 16 bytes, lane l names
//                                    row l % 8 of matrix l / 8 and gets word l % 4 of row l / 4
//   load_matrices_transposed(r, row) the same of 16-bit elements, each matrix transposed
//   multiply_add_bf16(c, a, b)       mma.sync.m16n8k16, float sums
//   multiply_add_tf32(c, a, b)       mma.sync.m16n8k8, float sums
//   round_to_tf32(x)                 to the nearest of 11 bits, ties away from zero
//   round_pair_to_bf16(low, high)    two floats to a word, each to the nearest bf16, ties to even
//   round_rectified_pair_to_bf16(low, high)  the same, what is below zero to zero
//   larger_pair(a, b)                of two bf16 each, the larger ones; not a number if one is none
//   subtract_pairs(a, b)             of two bf16 each, the differences, rounded
//   signs_of_pairs(a, b)             a byte for each half of a, then of b: 0xFF where the highest
//                                    bit is set, else 0
//   shift_left(x, bits)              64 bits; 64 and more leave nothing
//   UNROLL                           before a loop whose arrays are to lie in registers
//   exchange(x, lanes)               the x of the lane whose number differs in these bits
//
// And for products of tiles by warpgroups (warpgroup.h), where the GPU has them. They run while the
// threads go on:
//   fence_products()                 before the barrier after which products read what this thread
//                                    stored, or copied and waited for
//   begin_products()                 before the first product, and after sums were touched
//   TileOperand(view)                a tile as products take it, worked out once; + bytes, a
//                                    multiple of 16, moves it
//   multiply_add_tiles<width, order>(c, a, b)
//                                    wgmma.m64nWIDTHk16, float sums: c[4 j + s] is that of row
//                                    16 (warp % 4) + lane / 4 + 8 (s / 2), of column
//                                    8 j + 2 (lane % 4) + s % 2
//   multiply_tiles<width, order>(c, a, b)  the same, not added to what c was
//   commit_products()                ends a group of products
//   wait_products(c)                 waits for all groups; before, c is not to be touched, nor what
//                                    a and b lie in
//   wait_earlier_products()          waits for all groups but the last: what their a and b lie in
//                                    is free again, c still is not
//
// And for copies of tiles (tile_copy.h), where the GPU has warpgroups. An mbarrier's phases end,
// one after the other, when all its arrivals and all bytes expected have come:
//   start_mbarrier(m, arrivals)      by one thread
//   show_mbarriers()                 by that thread, once it has started all of its own, before a
//                                    barrier of the block
//   arrive(m)                        one arrival; what this thread read before may be overwritten
//   arrive_expecting(m, bytes)       one arrival, and so many bytes of copies in this phase
//   wait_phase(m, parity)            until the phase of this parity (the first is 0) has ended; the
//                                    one before the first has
//   prefetch_map(map)                that a copy is to come
//   copy_tile(shared, map, m, corner)  starts the copy, whose bytes come to m; shared is a multiple
//                                    of 1,024 bytes. What it brings needs no fence_products()
#pragma once

#include <cstddef>
#include <cstdint>

#include "native/cuda/device.h"
#include "native/cuda/tile_copy.h"
#include "native/cuda/value.h"
#include "native/cuda/warpgroup.h"

#ifdef __CUDACC__
#include "native/cuda/simt_device.h"
#else
#include "native/cuda/emulation/emulation.h"
#endif

namespace limpid::cuda {

struct alignas(16) Chunk {  // what one copy moves
  uint32_t words[4];
};

__device__ inline float to_float(float value) { return value; }
__device__ inline float to_float(Bf16 value) { return bits_to_float(uint32_t(value.bits) << 16); }
template <class T>
__device__ inline T from_float(float value);
template <>
__device__ inline float from_float<float>(float value) {
  return value;
}
template <>
__device__ inline Bf16 from_float<Bf16>(float value) {
  return {round_to_bf16(value)};
}

__device__ inline size_t thread_number() { return size_t(blockIdx.x) * blockDim.x + threadIdx.x; }

// One thread for each of `count` things, in blocks of 256: a multiple of the warp that lets an SM
// hold its 2,048 threads.
inline LaunchShape each(size_t count) {
  return {.grid = {unsigned((count + 255) / 256)}, .block = {256}};
}

}  // namespace limpid::cuda
