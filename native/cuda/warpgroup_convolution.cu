// Gathering convolution by products of warpgroups. A block takes 16 x 8 destination pixels x 32 to
// 128 channels. One thread has the tensor memory accelerator bring, for every 64 source channels,
// the pixels around the tile once for all taps (patches.h), and the kernel tap by tap; two
// warpgroups, each with 8 x 8 of the pixels, multiply what has come. A tap is the same patch read
// from another row of it, so no source pixel is copied twice. A block makes one tile after another:
// what the next one needs is on its way while the results of one leave (warpgroup_results.h).
#include "native/cuda/warpgroup_convolution.h"

#include <algorithm>

#include "native/cuda/warpgroup_results.h"
#include "native/cuda/warpgroup_ring.h"

namespace limpid::cuda {
namespace {

using Run = ConvolutionRun<Precision::bf16>;

constexpr int multiplying_threads = 2 * warpgroup_threads;
constexpr int convolution_threads = multiplying_threads + copying_threads;
constexpr int patches_ahead = 2;
constexpr int most_stages = 6;
constexpr int warpgroup_pixels_across = patch_tile_width / 2;

template <int width_of>
struct Tile {
  static constexpr int width = width_of;  // channels
  static constexpr int sums = width / 2;  // of a thread
  static constexpr int stage_bytes = width * tile_row_bytes;
  static constexpr int blocks_on_sm = sums > 32 ? 2 : sums > 16 ? 3 : 4;
};

// In this order: those of all channels of the same pixels, of all phases, row by row.
struct TileCounts {
  int of_channels, across, down;
  int all;  // of all pictures
};

struct Job {
  TileMap source, kernel;
  Run run;
  PatchPlan plan;
  RingShape patches, stages;  // of the pixels; of the kernel
  TileCounts tiles;
};

__device__ Place place_of(const Job& job, int tile, int width) {
  const int phases = job.run.gather.phases;
  const int pixels = tile / job.tiles.of_channels, line = pixels / phases / job.tiles.across;
  return {.phase = pixels % phases,
          .n = line / job.tiles.down,
          .y = line % job.tiles.down * patch_tile_height,
          .x = pixels / phases % job.tiles.across * patch_tile_width,
          .first_channel = tile % job.tiles.of_channels * width};
}

// Calls f(first source channel, patch) in the order in which all go through them.
template <class F>
__device__ void each_patch(const Job& job, const Place& place, const F& f) {
  for (int first = 0; first < job.run.gather.source.channels; first += tile_row_values) {
    for (int i = 0; i < job.plan.of_phase; ++i) {
      const Patch& patch = job.plan.patch[place.phase * job.plan.of_phase + i];
      if (patch.taps > 0) f(first, patch);
    }
  }
}

// Of one thread: asks for all copies, as slots become free.
template <class Tile>
__device__ void bring(const Job& job, const Place& place, Ring& patches, Ring& stages) {
  const int step = job.run.gather.step;
  const int patch_bytes = job.plan.height * job.plan.width * tile_row_bytes;
  each_patch(job, place, [&](int first_source_channel, const Patch& patch) {
    copy_tile(
        patches.begin_filling(patch_bytes), job.source, patches.filled(),
        {{first_source_channel, place.x * step + patch.x, place.y * step + patch.y, place.n}});
    patches.advance();
    for (int t = patch.first; t < patch.first + patch.taps; ++t) {
      copy_tile(stages.begin_filling(Tile::stage_bytes), job.kernel, stages.filled(),
                {{first_source_channel, job.plan.taps[t].index, place.first_channel, 0}});
      stages.advance();
    }
  });
}

// Products of `depth` x 16 source channels. (With the depth known only as it runs, nvcc would make
// products wait for each other.)
template <class Tile, int depth>
__device__ void multiply_stage(float (&sums)[Tile::sums], const TileView& pixels,
                               const uint8_t* kernel) {
  constexpr int bytes = product_depth * int(sizeof(Bf16));
  begin_products();
  UNROLL for (int k = 0; k < depth; ++k) {
    const uint8_t* const at = static_cast<const uint8_t*>(pixels.at) + k * bytes;
    multiply_add_tiles<Tile::width, TileOrder::along>(sums, {at, 0, pixels.block_bytes},
                                                      {kernel + k * bytes});
  }
  commit_products();
}

// Of the multiplying warps.
template <class Tile>
__device__ void multiply(const Job& job, const Place& place, Ring& patches, Ring& stages,
                         float (&sums)[Tile::sums]) {
  const int warpgroup = int(threadIdx.x) / warpgroup_threads;
  const bool tells = threadIdx.x % 32 == 0;
  const uint32_t line_bytes = uint32_t(job.plan.width * tile_row_bytes);
  Mbarrier* done_stage = nullptr;  // of the products before the last
  Mbarrier* done_patch = nullptr;
  each_patch(job, place, [&](int first_source_channel, const Patch& patch) {
    const int left = job.run.gather.source.channels - first_source_channel;
    const uint8_t* const pixels =
        patches.wait_filled() + warpgroup * warpgroup_pixels_across * tile_row_bytes;
    for (int t = patch.first; t < patch.first + patch.taps; ++t) {
      const Tap& tap = job.plan.taps[t];
      const uint8_t* const kernel = stages.wait_filled();
      const TileView view{pixels + tap.dy * line_bytes + tap.dx * tile_row_bytes, 0, line_bytes};
      if (left > 3 * product_depth) {
        multiply_stage<Tile, 4>(sums, view, kernel);
      } else if (left > 2 * product_depth) {
        multiply_stage<Tile, 3>(sums, view, kernel);
      } else if (left > product_depth) {
        multiply_stage<Tile, 2>(sums, view, kernel);
      } else {
        multiply_stage<Tile, 1>(sums, view, kernel);
      }
      wait_earlier_products();
      if (tells && done_stage) arrive(done_stage);
      if (tells && done_patch) arrive(done_patch);
      done_stage = stages.free();
      done_patch = nullptr;
      stages.advance();
    }
    done_patch = patches.free();
    patches.advance();
  });
  wait_products(sums);
  if (tells && done_stage) arrive(done_stage);
  if (tells && done_patch) arrive(done_patch);
}

template <class Tile, bool pooled>
__global__ void __launch_bounds__(convolution_threads, Tile::blocks_on_sm)
    convolve_tiles(const __grid_constant__ Job job) {
  const bool copies = threadIdx.x == multiplying_threads;
  if (copies) {
    prefetch_map(job.source);
    prefetch_map(job.kernel);
  }
  Ring patches(job.patches), stages(job.stages);
  patches.start(multiplying_threads / 32);
  stages.start(multiplying_threads / 32);
  __syncthreads();
  if (!copies && threadIdx.x >= multiplying_threads) return;
  for (int tile = int(blockIdx.x); tile < job.tiles.all; tile += int(gridDim.x)) {
    const Place place = place_of(job, tile, Tile::width);
    if (copies) {
      bring<Tile>(job, place, patches, stages);
      continue;
    }
    float sums[Tile::sums] = {};
    multiply<Tile>(job, place, patches, stages, sums);
    Results<Tile::width, pooled>(job.run, place, sums).store();
  }
}

int tiles(int count, int of) { return (count + of - 1) / of; }

TileCounts count_tiles(const Run& run, int width) {
  const Gather& gather = run.gather;
  TileCounts counts{.of_channels = tiles(gather.destination.channels, width),
                    .across = tiles(gather.cols, patch_tile_width),
                    .down = tiles(gather.rows, patch_tile_height),
                    .all = 0};
  counts.all = counts.of_channels * gather.phases * counts.across * counts.down * run.n;
  return counts;
}

struct BlockMemory {
  int bytes = 0;
  int blocks = 1;  // that share a multiprocessor
};

// Plans the rings: as many stages as leave room for the blocks that are to share a multiprocessor,
// where that is more than two.
template <class Tile>
BlockMemory plan_rings(Job& job) {
  const int patch_bytes = job.plan.height * job.plan.width * tile_row_bytes;
  job.patches = {.slots = patches_ahead,
                 .slot_bytes = tiles(patch_bytes, tile_block_bytes) * tile_block_bytes};
  job.stages.slot_bytes = Tile::stage_bytes;
  job.stages.at = job.patches.end();
  constexpr int mbarrier_bytes =
      ring_mbarrier_bytes(patches_ahead) + ring_mbarrier_bytes(most_stages);
  BlockMemory memory{.bytes = 0, .blocks = Tile::blocks_on_sm + 1};
  while (memory.blocks > 1 && job.stages.slots < 3) {
    --memory.blocks;
    const int room = shared_of_multiprocessor / memory.blocks - shared_of_block_itself -
                     mbarrier_bytes - job.patches.end();
    job.stages.slots = std::min(room / Tile::stage_bytes, most_stages);
  }
  job.patches.mbarriers_at = job.stages.end();
  job.stages.mbarriers_at = job.patches.mbarriers_at + ring_mbarrier_bytes(patches_ahead);
  memory.bytes = job.patches.mbarriers_at + mbarrier_bytes;
  return memory;
}

template <class Tile>
void launch_tiles(DeviceStream& stream, const Run& run) {
  const Gather& gather = run.gather;
  const Shape& source = gather.source;
  const PatchPlan plan = plan_patches(gather);
  const auto size = [](int n) { return uint64_t(n); };
  const auto step = uint32_t(gather.step);
  const uint64_t stored = stored_channels(source.channels);
  Job job{
      .source = map_tiles({.memory = run.source,
                           .sizes = {stored, size(source.width), size(source.height), size(run.n)},
                           .tile = {uint32_t(plan.width), uint32_t(plan.height), 1},
                           .steps = {step, step, 1}}),
      .kernel = map_tiles(
          {.memory = run.kernel,
           .sizes = {stored, size(gather.kernel_taps), size(gather.destination.channels), 1},
           .tile = {1, Tile::width, 1}}),
      .run = run,
      .plan = plan,
      .patches = {},
      .stages = {},
      .tiles = count_tiles(run, Tile::width)};
  const BlockMemory memory = plan_rings<Tile>(job);
  const int blocks = std::min(job.tiles.all, memory.blocks * stream.multiprocessors());
  launch(stream, "convolution by warpgroups",
         {.grid = {unsigned(blocks)},
          .block = {convolution_threads},
          .shared_bytes = size_t(memory.bytes)},
         run.pooled ? convolve_tiles<Tile, true> : convolve_tiles<Tile, false>, job);
}

// The first of the tiles of which there are enough for most of the GPU; else the last, the
// smallest.
template <class Tile, class... Smaller>
void launch_fitting(DeviceStream& stream, const Run& run) {
  if constexpr (sizeof...(Smaller) > 0) {
    if (4 * count_tiles(run, Tile::width).all < 3 * stream.multiprocessors()) {
      return launch_fitting<Smaller...>(stream, run);
    }
  }
  launch_tiles<Tile>(stream, run);
}

}  // namespace

bool suits_warpgroups(const DeviceStream& stream, const Run& run) {
  return stream.has_warpgroups() && run.destination && run.activation != Activation::sigmoid &&
         run.gather.destination.channels > 16;
}

// As narrow as the channels allow: a product with absent ones is work for nothing. Which tile is
// chosen changes no bit: every sum is taken in the order of the depth.
void run_warpgroup_convolution(DeviceStream& stream, const Run& run) {
  const int channels = run.gather.destination.channels;
  const int tiles = (channels + 127) / 128, width = (channels + tiles - 1) / tiles;
  if (width <= 32) {
    launch_fitting<Tile<32>>(stream, run);
  } else if (width <= 48) {
    launch_fitting<Tile<48>>(stream, run);
  } else if (width <= 64) {
    launch_fitting<Tile<64>, Tile<32>>(stream, run);
  } else if (width <= 96) {
    launch_fitting<Tile<96>, Tile<48>>(stream, run);
  } else {
    launch_fitting<Tile<128>, Tile<64>, Tile<32>>(stream, run);
  }
}

}  // namespace limpid::cuda
