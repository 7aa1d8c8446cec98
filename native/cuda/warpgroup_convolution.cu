// Gathering convolution by products of warpgroups. A block takes 16 x 8 destination pixels x 32 to
// 128 channels. One thread has the tensor memory accelerator bring, for every 64 source channels,
// the pixels around the tile once for all taps (patches.h), and the kernel tap by tap; two
// warpgroups, each with 8 x 8 of the pixels, multiply what has come. A tap is the same patch read
// from another row of it, so no source pixel is copied twice. Bias, activation and pool follow in
// registers: a thread has two of a pooling window's four pixels, a neighbouring lane the other two.
#include "native/cuda/warpgroup_convolution.h"

#include <algorithm>

#include "native/cuda/warpgroup_staging.h"

namespace limpid::cuda {
namespace {

using Run = ConvolutionRun<Precision::bf16>;

constexpr int patches_ahead = 2;
constexpr int most_stages = 6;
constexpr int warpgroup_pixels_across = patch_tile_width / 2;

template <int width_of>
struct Tile {
  static constexpr int width = width_of;  // channels
  static constexpr int pixels = 2 * warpgroup_rows;
  static constexpr int sums = width / 2;  // of a thread
  static constexpr int stage_bytes = width * tile_row_bytes;
  static constexpr int blocks_on_sm = sums > 32 ? 2 : sums > 24 ? 3 : 4;
  static constexpr int winners_at = pixels * value_pitch(width) * 4;
  static constexpr int staging_bytes = winners_at + pixels / 4 * winner_pitch(width) * 4;
};

struct alignas(8) Pair {  // of channels
  float first, second;
};

struct Job {
  TileMap source, kernel;
  Run run;
  PatchPlan plan;
  RingShape patches, stages;  // of the pixels; of the kernel
  int biases_at;              // in the block's memory
  int channel_tiles;
};

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
__device__ void bring(const Job& job, const Place& place, Ring patches, Ring stages) {
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
__device__ void multiply(const Job& job, const Place& place, Ring patches, Ring stages,
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
}

// The largest of a window's four, of which this thread has two, `above` and `below`, and the lane
// that differs in its fourth row bit the others. As everywhere the first of equals wins.
struct Pooled {
  float value;
  uint32_t winner;
};
__device__ inline Pooled pool(float above, float below, uint32_t column) {
  constexpr int neighbour = 4;
  const bool lower = below > above;
  const Pooled mine{lower ? below : above, column + (lower ? 2 : 0)};
  const Pooled other{exchange(mine.value, neighbour), exchange(mine.winner, neighbour)};
  const bool loses =
      other.value > mine.value || (other.value == mine.value && other.winner < mine.winner);
  return loses ? other : mine;
}

template <class Tile>
__device__ void finish(const Run& run, const Staging<Tile>& staging, const Pair* biases,
                       const float (&sums)[Tile::sums]) {
  const int lane = int(threadIdx.x) % 32, group = lane / 4, in_group = lane % 4;
  const int warp = int(threadIdx.x) / 32 % 4;  // of the warpgroup: rows 2 * warp and the next
  const int x = int(threadIdx.x) / warpgroup_threads * warpgroup_pixels_across + group;
  const int above = 2 * warp * patch_tile_width + x, below = above + patch_tile_width;
  const int window = warp * patch_tile_width / 2 + x / 2;
  const float below_zero = run.activation == Activation::relu         ? 0
                           : run.activation == Activation::leaky_relu ? run.slope
                                                                      : 1;
  const auto finished = [&](float sum, float bias) {
    const float value = sum + bias;
    return value < 0 ? (below_zero == 0 ? 0 : below_zero * value) : value;
  };
  UNROLL for (int j = 0; j < Tile::width / 8; ++j) {
    const int pair = 4 * j + in_group;
    const Pair bias = load_shared(biases + pair);
    const float above0 = finished(sums[4 * j], bias.first);
    const float above1 = finished(sums[4 * j + 1], bias.second);
    const float below0 = finished(sums[4 * j + 2], bias.first);
    const float below1 = finished(sums[4 * j + 3], bias.second);
    if (!run.pooled) {
      staging.put(above, pair, above0, above1);
      staging.put(below, pair, below0, below1);
      continue;
    }
    const Pooled first = pool(above0, below0, group % 2), second = pool(above1, below1, group % 2);
    if (group % 2 == 0) staging.put(window, pair, first.value, second.value);
    if (!run.winners) continue;
    const uint32_t two = first.winner | second.winner << 8;
    const uint32_t winners = two | exchange(two, 1) << 16;
    if (group % 2 == 1 && in_group % 2 == 0) staging.put_winners(window, pair / 2, winners);
  }
}

template <class Tile>
__global__ void __launch_bounds__(convolution_threads, Tile::blocks_on_sm)
    convolve_tiles(const __grid_constant__ Job job) {
  const bool multiplies = threadIdx.x < multiplying_threads;
  if (threadIdx.x == multiplying_threads) {
    prefetch_map(job.source);
    prefetch_map(job.kernel);
  }
  const Ring patches(job.patches), stages(job.stages);
  patches.start(multiplying_threads / 32);
  stages.start(multiplying_threads / 32);
  const int across = int(blockIdx.x) / job.channel_tiles, tile = across / job.run.gather.phases;
  const Place place{.phase = across % job.run.gather.phases,
                    .n = int(blockIdx.z),
                    .y = int(blockIdx.y) * patch_tile_height,
                    .x = tile * patch_tile_width,
                    .first_channel = int(blockIdx.x) % job.channel_tiles * Tile::width};
  __syncthreads();
  // Asked for before the products, needed after them.
  const int channel = place.first_channel + int(threadIdx.x);
  const bool has_bias = int(threadIdx.x) < Tile::width && job.run.bias &&
                        channel < job.run.gather.destination.channels;
  const float bias = has_bias ? job.run.bias[channel] : 0;
  float sums[Tile::sums] = {};
  if (multiplies) {
    multiply<Tile>(job, place, patches, stages, sums);
  } else if (threadIdx.x == multiplying_threads) {
    bring<Tile>(job, place, patches, stages);
  }
  float* const biases = reinterpret_cast<float*>(block_memory() + job.biases_at);
  if (int(threadIdx.x) < Tile::width) store_shared(biases + threadIdx.x, bias);
  __syncthreads();
  const Staging<Tile> staging(job.run, place);
  staging.prepare();
  if (multiplies) finish<Tile>(job.run, staging, reinterpret_cast<const Pair*>(biases), sums);
  staging.store();
}

int tiles(int count, int of) { return (count + of - 1) / of; }

template <class Tile>
Extent grid_of(const Run& run) {
  const Gather& gather = run.gather;
  return {unsigned(tiles(gather.cols, patch_tile_width) * gather.phases *
                   tiles(gather.destination.channels, Tile::width)),
          unsigned(tiles(gather.rows, patch_tile_height)), unsigned(run.n)};
}
template <class Tile>
unsigned blocks_of(const Run& run) {
  const Extent grid = grid_of<Tile>(run);
  return grid.x * grid.y * grid.z;
}

// Plans the rings: as many stages as leave room for the blocks that are to share a multiprocessor,
// where that is more than two. Returns the bytes of a block's memory.
template <class Tile>
int plan_rings(Job& job) {
  const int patch_bytes = job.plan.height * job.plan.width * tile_row_bytes;
  const int patches = tiles(job.run.gather.source.channels, tile_row_values) * job.plan.of_phase;
  job.patches = {.slots = std::min(patches, patches_ahead),
                 .slot_bytes = tiles(patch_bytes, tile_block_bytes) * tile_block_bytes};
  job.stages.slot_bytes = Tile::stage_bytes;
  job.stages.at = job.patches.end();
  constexpr int mbarrier_bytes =
      ring_mbarrier_bytes(patches_ahead) + ring_mbarrier_bytes(most_stages);
  constexpr int bias_bytes = Tile::width * int(sizeof(float));
  for (int blocks = Tile::blocks_on_sm; blocks > 0 && job.stages.slots < 3; --blocks) {
    const int room = shared_of_multiprocessor / blocks - shared_of_block_itself - mbarrier_bytes -
                     bias_bytes - job.patches.end();
    job.stages.slots = std::min(room / Tile::stage_bytes, most_stages);
  }
  job.patches.mbarriers_at = std::max(job.stages.end(), Tile::staging_bytes);
  job.stages.mbarriers_at = job.patches.mbarriers_at + ring_mbarrier_bytes(patches_ahead);
  job.biases_at = job.patches.mbarriers_at + mbarrier_bytes;
  return job.biases_at + bias_bytes;
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
      .biases_at = 0,
      .channel_tiles = tiles(gather.destination.channels, Tile::width)};
  const int bytes = plan_rings<Tile>(job);
  launch(
      stream, "convolution by warpgroups",
      {.grid = grid_of<Tile>(run), .block = {convolution_threads}, .shared_bytes = size_t(bytes)},
      convolve_tiles<Tile>, job);
}

// The first of the tiles of which there are enough for most of the GPU; else the last, the
// smallest.
template <class Tile, class... Smaller>
void launch_fitting(DeviceStream& stream, const Run& run) {
  if constexpr (sizeof...(Smaller) > 0) {
    if (4 * blocks_of<Tile>(run) < 3 * unsigned(stream.multiprocessors())) {
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
