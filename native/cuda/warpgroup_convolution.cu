// Gathering convolution by products of warpgroups. One thread has the tensor memory accelerator
// bring, for every 64 source channels, the pixels around the tile once for all taps, and the kernel
// tap by tap; two warpgroups multiply what has come (warpgroup_tiles.h). A block makes one tile
// after another: what the next one needs is on its way while the results of one leave.
#include "native/cuda/warpgroup_convolution.h"

#include <algorithm>

#include "native/cuda/resident_convolution.h"
#include "native/cuda/warpgroup_tiles.h"

namespace limpid::cuda {
namespace {

using Run = ConvolutionRun<Precision::bf16>;

constexpr int threads = pair_threads + copying_threads;
constexpr int patches_ahead = 2;
constexpr int most_stages = 6;
constexpr int most_channels = 4096;  // whose biases, 16 kB, leave room for the rest

template <int width_of>
struct Tile {
  static constexpr int width = width_of;  // channels
  static constexpr int sums = width / 2;  // of a thread
  static constexpr int stage_bytes = width * tile_row_bytes;
  static constexpr int blocks_on_sm = sums > 32 ? 2 : sums > 16 ? 3 : 4;
};

struct Job {
  TiledConvolution of;
  RingShape stages;
};

// Tiles in this order: those of all channels of the same pixels, of all phases, row by row.
__device__ Place place_of(const Job& job, int tile, int width) {
  const TileCounts& tiles = job.of.tiles;
  const int phases = job.of.run.gather.phases;
  const int pixels = tile / tiles.of_channels, line = pixels / phases / tiles.across;
  return {.phase = pixels % phases,
          .n = line / tiles.down,
          .y = line % tiles.down * patch_tile_height,
          .x = pixels / phases % tiles.across * patch_tile_width,
          .first_channel = tile % tiles.of_channels * width};
}

// Of one thread: asks for all copies, as slots become free.
template <class Tile>
__device__ void bring(const Job& job, const Place& place, Ring& patches, Ring& stages) {
  each_patch(job.of, place.phase, [&](int first_source_channel, const Patch& patch) {
    bring_patch(job.of, place, first_source_channel, patch, patches);
    for (int t = patch.first; t < patch.first + patch.taps; ++t) {
      uint8_t* const to = stages.begin_filling(Tile::stage_bytes);
      bring_stage(job.of, place, first_source_channel, t, to, stages.filled());
      stages.advance();
    }
  });
}

// Of the multiplying warps.
template <class Tile>
__device__ void multiply(const Job& job, const Place& place, Ring& patches, Ring& stages,
                         float (&sums)[Tile::sums]) {
  const bool tells = threadIdx.x % 32 == 0;
  Mbarrier* done_stage = nullptr;  // of the products before the last
  Mbarrier* done_patch = nullptr;
  each_patch(job.of, place.phase, [&](int first_source_channel, const Patch& patch) {
    const TileOperand pixels = own_pixels(job.of, patches.wait_filled());
    for (int t = patch.first; t < patch.first + patch.taps; ++t) {
      const TileOperand kernel = TileView{stages.wait_filled()};
      with_depth(job.of, first_source_channel, [&](auto depth) {
        multiply_tap<Tile::width, depth>(sums, pixels + job.of.tap_bytes[t], kernel);
      });
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
__global__ void __launch_bounds__(threads, Tile::blocks_on_sm)
    convolve_tiles(const __grid_constant__ Job job) {
  const bool copies = threadIdx.x == pair_threads;
  if (copies) {
    prefetch_map(job.of.source);
    prefetch_map(job.of.kernel);
  }
  Ring patches(job.of.patches), stages(job.stages);
  patches.start(pair_warps);
  stages.start(pair_warps);
  load_biases(job.of, Tile::width);
  __syncthreads();
  if (!copies && threadIdx.x >= pair_threads) return;
  for (int tile = int(blockIdx.x); tile < job.of.tiles.all; tile += int(gridDim.x)) {
    const Place place = place_of(job, tile, Tile::width);
    if (copies) {
      bring<Tile>(job, place, patches, stages);
      continue;
    }
    float sums[Tile::sums] = {};
    multiply<Tile>(job, place, patches, stages, sums);
    store_results<Tile::width, pooled>(job.of, place, sums);
  }
}

struct BlockMemory {
  int bytes = 0;
  int blocks = 1;  // that share a multiprocessor
};

// Plans the rings: as many stages as leave room for the blocks that are to share a multiprocessor,
// where that is more than two.
template <class Tile>
BlockMemory plan_rings(Job& job) {
  RingShape& patches = job.of.patches;
  patches.slots = patches_ahead;
  job.stages.slot_bytes = Tile::stage_bytes;
  job.stages.at = patches.end();
  constexpr int mbarrier_bytes =
      ring_mbarrier_bytes(patches_ahead) + ring_mbarrier_bytes(most_stages);
  const int others = mbarrier_bytes + bias_bytes(job.of, Tile::width);
  BlockMemory memory{.bytes = 0, .blocks = Tile::blocks_on_sm + 1};
  while (memory.blocks > 1 && job.stages.slots < 3) {
    --memory.blocks;
    const int room =
        shared_of_multiprocessor / memory.blocks - shared_of_block_itself - others - patches.end();
    job.stages.slots = std::min(room / Tile::stage_bytes, most_stages);
  }
  patches.mbarriers_at = job.stages.end();
  job.stages.mbarriers_at = patches.mbarriers_at + ring_mbarrier_bytes(patches_ahead);
  job.of.biases_at = patches.mbarriers_at + mbarrier_bytes;
  memory.bytes = patches.mbarriers_at + others;
  return memory;
}

template <class Tile>
void launch_tiles(DeviceStream& stream, const Run& run) {
  Job job{.of = cut_into_tiles(run, Tile::width), .stages = {}};
  const BlockMemory memory = plan_rings<Tile>(job);
  const int blocks = std::min(job.of.tiles.all, memory.blocks * stream.multiprocessors());
  launch(stream, "convolution by warpgroups",
         {.grid = {unsigned(blocks)}, .block = {threads}, .shared_bytes = size_t(memory.bytes)},
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
         run.gather.destination.channels > 16 && run.gather.destination.channels <= most_channels;
}

// As narrow as the channels allow: a product with absent ones is work for nothing. Which tile is
// chosen changes no bit: every sum is taken in the order of the depth.
void run_warpgroup_convolution(DeviceStream& stream, const Run& run) {
  if (run_resident_convolution(stream, run)) return;
  const int channels = run.gather.destination.channels;
  const int width = tiles_of(channels, tiles_of(channels, 128));
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
