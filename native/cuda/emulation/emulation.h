// simt.h's words on this machine: every thread of a block is a fiber, which runs until it waits for
// others. Slow, and stricter than a GPU. A launch throws std::logic_error with the kernel's name
// and the first fault of
// - shared memory: a race (two threads touch a word, one of them writes, no barrier between), a
//   read of what nobody wrote or of what a copy has not finished, an access past the block's share;
// - a barrier or a warp's instruction that some threads never reach;
// - a copy from an address that is not a multiple of 16;
// - a product of tiles that was not begun, or that reads what no fence handed over.
// Copies arrive, and products are made, as late as they may: when they are waited for. Blocks, and
// the threads of a block, run in a given order (set_order), which must change no bit; descending,
// work beside a stream is done when it is joined.
//
// The fragments of mma and ldmatrix follow the PTX ISA 8.x, "Matrix multiply-accumulate operation
// using mma instruction": the figures for m16n8k16 of .bf16 and m16n8k8 of .tf32.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "native/cuda/device.h"
#include "native/cuda/warpgroup.h"

#define __global__
#define __device__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __grid_constant__
#define UNROLL

namespace limpid::cuda {

struct Extent {
  unsigned x = 1, y = 1, z = 1;
};

struct LaunchShape {
  Extent grid = {};
  Extent block = {};
  size_t shared_bytes = 0;
};

inline Extent gridDim, blockDim, blockIdx, threadIdx;

namespace emulation {

enum class Order { ascending, descending };
void set_order(Order order);  // of blocks and threads; ascending at first
Order order();

// Throws std::logic_error when the stream was made on another GPU than this thread's.
void expect_used(const DeviceStream& stream);
void run(const char* name, const LaunchShape& shape, const std::function<void()>& kernel);

void note_read(const void* at, size_t bytes);
void note_write(const void* at, size_t bytes);

}  // namespace emulation

template <class... Parameters, class... Arguments>
void launch(DeviceStream& stream, const char* name, const LaunchShape& shape,
            void (*kernel)(Parameters...), const Arguments&... arguments) {
  emulation::expect_used(stream);
  emulation::run(name, shape, [&] { kernel(arguments...); });
}

void __syncthreads();
uint8_t* block_memory();

template <class T>
T load_shared(const T* from) {
  emulation::note_read(from, sizeof(T));
  return *from;
}
template <class T>
void store_shared(T* to, const T& value) {
  emulation::note_write(to, sizeof(T));
  *to = value;
}

void copy_async(void* shared, const void* global, bool inside);
void commit_copies();
void wait_for_copies(int groups);
template <int groups>
void wait_copies() {
  wait_for_copies(groups);
}

void load_matrices(uint32_t (&r)[4], const void* row);
void load_matrices_transposed(uint32_t (&r)[4], const void* row);
void multiply_add_bf16(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b);
void multiply_add_tf32(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b);
uint32_t round_to_tf32(uint32_t float_bits);
uint32_t exchange(uint32_t value, int lanes);
float exchange(float value, int lanes);

void fence_products();
void begin_products();
void commit_products();
void wait_for_products();
template <int count>
void wait_products(float (&)[count]) {
  wait_for_products();
}
namespace emulation {
void start_product(float* c, int width, TileOrder order, const TileView& a, const TileView& b);
}
template <int width, TileOrder order>
void multiply_add_tiles(float (&c)[width / 2], const TileView& a, const TileView& b) {
  emulation::start_product(c, width, order, a, b);
}

float bits_to_float(uint32_t bits);
uint16_t round_to_bf16(float value);
uint32_t round_pair_to_bf16(float low, float high);

}  // namespace limpid::cuda
