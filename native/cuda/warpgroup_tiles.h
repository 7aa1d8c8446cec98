// What convolutions by products of warpgroups have in common: two warpgroups make a tile of 16 x 8
// destination pixels x 32 to 128 channels, each half of the pixels, from patches of source pixels
// (patches.h) and, for each tap and every 64 source channels, a stage: the kernel's rows of the
// tile's channels. A tap is the same patch read from another row of it.
#pragma once

#include <type_traits>

#include "native/cuda/convolution.h"
#include "native/cuda/patches.h"
#include "native/cuda/warpgroup_results.h"
#include "native/cuda/warpgroup_ring.h"

namespace limpid::cuda {

constexpr int pair_threads = 2 * warpgroup_threads;  // that make a tile
constexpr int pair_warps = pair_threads / 32;

struct TileCounts {
  int of_channels, across, down;
  int of_pixels;  // of all pictures, of a phase
  int all;
};

struct TiledConvolution {
  ConvolutionRun<Precision::bf16> run;
  PatchPlan plan;
  TileMap source, kernel;
  TileCounts tiles;
  int tap_bytes[max_taps + 1];  // from a patch's first pixel to that of each tap of the plan; one
                                // more to be loaded ahead
  RingShape patches;            // slots, and where they are, are for the kernel to choose
  int biases_at = 0;            // in the block's memory, of bias_bytes()
};

constexpr int tiles_of(int count, int size) { return (count + size - 1) / size; }

inline TileCounts count_tiles(const ConvolutionRun<Precision::bf16>& run, int width) {
  const Gather& gather = run.gather;
  TileCounts counts{.of_channels = tiles_of(gather.destination.channels, width),
                    .across = tiles_of(gather.cols, patch_tile_width),
                    .down = tiles_of(gather.rows, patch_tile_height),
                    .of_pixels = 0,
                    .all = 0};
  counts.of_pixels = counts.across * counts.down * run.n;
  counts.all = counts.of_channels * gather.phases * counts.of_pixels;
  return counts;
}

// In tiles of so many channels.
inline TiledConvolution cut_into_tiles(const ConvolutionRun<Precision::bf16>& run, int width) {
  const Gather& gather = run.gather;
  const Shape& source = gather.source;
  const PatchPlan plan = plan_patches(gather);
  const auto size = [](int n) { return uint64_t(n); };
  const auto step = uint32_t(gather.step);
  const uint64_t stored = stored_channels(source.channels);
  const int patch_bytes = plan.height * plan.width * tile_row_bytes;
  TiledConvolution job{
      .run = run,
      .plan = plan,
      .source = map_tiles({.memory = run.source,
                           .sizes = {stored, size(source.width), size(source.height), size(run.n)},
                           .tile = {uint32_t(plan.width), uint32_t(plan.height), 1},
                           .steps = {step, step, 1}}),
      .kernel = map_tiles(
          {.memory = run.kernel,
           .sizes = {stored, size(gather.kernel_taps), size(gather.destination.channels), 1},
           .tile = {1, uint32_t(width), 1}}),
      .tiles = count_tiles(run, width),
      .tap_bytes = {},
      .patches = {.slots = 0,
                  .slot_bytes = tiles_of(patch_bytes, tile_block_bytes) * tile_block_bytes},
      .biases_at = 0};
  for (int t = 0; t < max_taps; ++t) {
    job.tap_bytes[t] = (plan.taps[t].dy * plan.width + plan.taps[t].dx) * tile_row_bytes;
  }
  return job;
}
inline int bias_bytes(const TiledConvolution& job, int width) {
  return job.tiles.of_channels * width * int(sizeof(float));
}

// By all threads of a block, before a barrier: zeros where there is none.
__device__ inline void load_biases(const TiledConvolution& job, int width) {
  float* const biases = reinterpret_cast<float*>(block_memory() + job.biases_at);
  for (int i = int(threadIdx.x); i < job.tiles.of_channels * width; i += int(blockDim.x)) {
    const bool has_bias = job.run.bias && i < job.run.gather.destination.channels;
    store_shared(biases + i, has_bias ? job.run.bias[i] : 0.0f);
  }
}

// Calls f(first source channel, patch) in the order in which all go through a tile's patches.
template <class F>
__device__ void each_patch(const TiledConvolution& job, int phase, const F& f) {
  for (int first = 0; first < job.run.gather.source.channels; first += tile_row_values) {
    for (int i = 0; i < job.plan.of_phase; ++i) {
      const Patch& patch = job.plan.patch[phase * job.plan.of_phase + i];
      if (patch.taps > 0) f(first, patch);
    }
  }
}

// The copying thread's.
__device__ inline void bring_patch(const TiledConvolution& job, const Place& place,
                                   int first_source_channel, const Patch& patch, Ring& patches) {
  const int step = job.run.gather.step;
  copy_tile(patches.begin_filling(job.plan.height * job.plan.width * tile_row_bytes), job.source,
            patches.filled(),
            {{first_source_channel, place.x * step + patch.x, place.y * step + patch.y, place.n}});
  patches.advance();
}
__device__ inline void bring_stage(const TiledConvolution& job, const Place& place,
                                   int first_source_channel, int tap, uint8_t* to,
                                   Mbarrier* filled) {
  copy_tile(to, job.kernel, filled,
            {{first_source_channel, job.plan.taps[tap].index, place.first_channel, 0}});
}

// Calls f(depth), in steps of a product's depth, for the source channels from this one on that a
// stage has: a constant. (With the depth known only as it runs, nvcc would make products wait for
// each other.)
template <class F>
__device__ void with_depth(const TiledConvolution& job, int first_source_channel, const F& f) {
  const int left = job.run.gather.source.channels - first_source_channel;
  if (left > 3 * product_depth) {
    f(std::integral_constant<int, 4>());
  } else if (left > 2 * product_depth) {
    f(std::integral_constant<int, 3>());
  } else if (left > product_depth) {
    f(std::integral_constant<int, 2>());
  } else {
    f(std::integral_constant<int, 1>());
  }
}

// This warpgroup's pixels in a patch, as a tap at its first pixel has them.
__device__ inline TileOperand own_pixels(const TiledConvolution& job, const uint8_t* patch) {
  return TileView{patch + own_half() * tile_row_bytes, 0,
                  uint32_t(job.plan.width * tile_row_bytes)};
}

// Of one tap: pixels with a stage. A group of products.
template <int width, int depth>
__device__ void multiply_tap(float (&sums)[width / 2], const TileOperand& pixels,
                             const TileOperand& kernel) {
  begin_products();
  UNROLL for (int k = 0; k < depth; ++k) {
    constexpr int bytes = product_depth * int(sizeof(Bf16));
    multiply_add_tiles<width, TileOrder::along>(sums, pixels + k * bytes, kernel + k * bytes);
  }
  commit_products();
}

template <int width, bool pooled>
__device__ void store_results(const TiledConvolution& job, const Place& place,
                              const float (&sums)[width / 2]) {
  const auto* const biases = reinterpret_cast<const Two*>(block_memory() + job.biases_at);
  Results<width, pooled>(job.run, place, biases, sums).store();
}

}  // namespace limpid::cuda
