// simt.h's words on this machine: every thread of a block is a fiber, which runs until it waits for
// others. Slow, and stricter than a GPU. A launch throws std::logic_error with the kernel's name
// and the first fault of
// - shared memory: a race (two threads touch a word, one of them writes, no barrier between), a
//   read of what nobody wrote or of what a copy has not finished, an access past the block's share;
// - a barrier or a warp's instruction that some threads never reach;
// - a copy from an address that is not a multiple of its bytes;
// - a product of tiles that was not begun, or that reads what no fence handed over;
// - a tile copied over what may still be read, as far as the mbarriers tell the copying thread (a
//   warp's products are read by its first lane), or read by a thread that did not wait for it; an
//   mbarrier that others use before a barrier has shown it to them, or that is arrived at too
//   often.
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
#include "native/cuda/tile_copy.h"
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

// What was asked of the GPUs so far.
struct Requests {
  int allocations = 0;
  int uploads = 0, downloads = 0;
  int graphs = 0;    // to be run
  int launches = 0;  // of kernels, clearings and copies; those of graphs too

  bool operator==(const Requests&) const = default;
};
Requests requests();

// After `most` more requests of any kind the GPUs are gone: whatever is asked throws Error, as
// device.h says. Less than 0: they stay.
void vanish_after(int most);

// Notes a request of the stream's. Throws std::logic_error when it was made on another GPU than
// this thread's, and Error when the GPUs are gone.
void request(const DeviceStream& stream, int Requests::*kind);
void run(const char* name, const LaunchShape& shape, const std::function<void()>& kernel);

struct Product {  // of tiles, under way
  float* c = nullptr;
  bool adds = true;  // to what c is
  int width = 0;
  TileOrder order = TileOrder::along;
  TileView a, b;
  int thread = 0;
};

void note_read(const void* at, size_t bytes);
void note_write(const void* at, size_t bytes);

}  // namespace emulation

template <class... Parameters, class... Arguments>
void launch(DeviceStream& stream, const char* name, const LaunchShape& shape,
            void (*kernel)(Parameters...), const Arguments&... arguments) {
  emulation::request(stream, &emulation::Requests::launches);
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

namespace emulation {
void start_copy(void* shared, const void* global, size_t bytes);  // of zeros from nullptr
}
template <int bytes = 16>
void copy_async(void* shared, const void* global, bool inside) {
  static_assert(bytes == 8 || bytes == 16);
  emulation::start_copy(shared, inside ? global : nullptr, bytes);
}
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
void wait_for_products(int groups);
template <int count>
void wait_products(float (&)[count]) {
  wait_for_products(0);
}
inline void wait_earlier_products() { wait_for_products(1); }
namespace emulation {
void start_product(const Product& product);
}
struct TileOperand {
  TileView view;

  TileOperand(const TileView& tile) : view(tile) {}
};
inline TileOperand operator+(TileOperand tile, int bytes) {
  tile.view.at = static_cast<const uint8_t*>(tile.view.at) + bytes;
  return tile;
}
template <int width, TileOrder order>
void multiply_add_tiles(float (&c)[width / 2], const TileOperand& a, const TileOperand& b) {
  emulation::start_product({.c = c, .width = width, .order = order, .a = a.view, .b = b.view});
}
template <int width, TileOrder order>
void multiply_tiles(float (&c)[width / 2], const TileOperand& a, const TileOperand& b) {
  emulation::start_product(
      {.c = c, .adds = false, .width = width, .order = order, .a = a.view, .b = b.view});
}

void start_mbarrier(Mbarrier* mbarrier, int arrivals);
void show_mbarriers();
void arrive(Mbarrier* mbarrier);
void arrive_expecting(Mbarrier* mbarrier, int bytes);
void wait_phase(Mbarrier* mbarrier, int parity);
inline void prefetch_map(const TileMap&) {}
void copy_tile(void* shared, const TileMap& map, Mbarrier* mbarrier, const TileCorner& corner);

float bits_to_float(uint32_t bits);
uint16_t round_to_bf16(float value);
uint32_t round_pair_to_bf16(float low, float high);
uint32_t round_rectified_pair_to_bf16(float low, float high);
uint32_t larger_pair(uint32_t a, uint32_t b);
uint32_t subtract_pairs(uint32_t a, uint32_t b);
uint32_t signs_of_pairs(uint32_t a, uint32_t b);
uint64_t shift_left(uint64_t value, uint32_t bits);

}  // namespace limpid::cuda
