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

constexpr int shared_of_multiprocessor = 228 << 10;  // Hopper's
constexpr int shared_of_block_itself = 1 << 10;      // that a block takes beside what it asks for
constexpr int patches_ahead = 2;
constexpr int most_stages = 6;
constexpr int multiplying_warps = multiplying_threads / 32;
constexpr int warpgroup_pixels_across = patch_tile_width / 2;
constexpr int row_bytes = tile_row_values * int(sizeof(Bf16));

template <int width_of>
struct Tile {
  static constexpr int width = width_of;  // channels
  static constexpr int pixels = 2 * warpgroup_rows;
  static constexpr int sums = width / 2;  // of a thread
  static constexpr int stage_bytes = width * row_bytes;
  static constexpr int blocks_on_sm = sums > 32 ? 2 : 3;
  static constexpr int winners_at = pixels * value_pitch(width) * 4;
  static constexpr int staging_bytes = winners_at + pixels / 4 * winner_pitch(width) * 4;
};

// What lies in a block's memory: patches, stages of the kernel, and the mbarriers of both.
struct Layout {
  int patch_bytes = 0;  // as copied
  int patch_pitch = 0;  // from one to the next
  int stages = 0;
  int mbarriers_at = 0;
  int bytes = 0;
};

struct Job {
  TileMap source, kernel;
  Run run;
  PatchPlan plan;
  Layout layout;
  int tiles_across, tiles_down, channel_tiles;
};

// A place in a ring, and the parity of the phase to wait for there.
struct Turn {
  int slot = 0, parity = 0;
  __device__ void advance(int slots) {
    if (++slot < slots) return;
    slot = 0;
    parity ^= 1;
  }
};

// The block's memory. Of each slot one mbarrier tells that it has been filled, one that all
// multiplying warps are done with it.
class Memory {
 public:
  __device__ explicit Memory(const Job& job)
      : layout_(job.layout),
        mbarriers_(reinterpret_cast<Mbarrier*>(block_memory() + layout_.mbarriers_at)) {}

  __device__ void start() const {
    if (threadIdx.x == 0) {
      for (int i = 0; i < patches_ahead + layout_.stages; ++i) {
        start_mbarrier(mbarriers_ + 2 * i, 1);
        start_mbarrier(mbarriers_ + 2 * i + 1, multiplying_warps);
      }
    }
    __syncthreads();
  }

  __device__ uint8_t* patch(int slot) const { return block_memory() + slot * layout_.patch_pitch; }
  __device__ uint8_t* stage(int slot, int stage_bytes) const {
    return patch(patches_ahead) + slot * stage_bytes;
  }
  __device__ Mbarrier* patch_filled(int slot) const { return mbarriers_ + 2 * slot; }
  __device__ Mbarrier* patch_free(int slot) const { return mbarriers_ + 2 * slot + 1; }
  __device__ Mbarrier* stage_filled(int slot) const { return patch_filled(patches_ahead + slot); }
  __device__ Mbarrier* stage_free(int slot) const { return patch_free(patches_ahead + slot); }

 private:
  const Layout& layout_;
  Mbarrier* const mbarriers_;
};

__device__ inline int source_slices(const Run& run) {
  return (run.gather.source.channels + tile_row_values - 1) / tile_row_values;
}

// Calls f(first source channel, patch) in the order in which all go through them.
template <class F>
__device__ void each_patch(const Job& job, const Place& place, const F& f) {
  const int slices = source_slices(job.run);
  for (int slice = 0; slice < slices; ++slice) {
    for (int i = 0; i < job.plan.of_phase; ++i) {
      const Patch& patch = job.plan.patch[place.phase * job.plan.of_phase + i];
      if (patch.taps > 0) f(slice * tile_row_values, patch);
    }
  }
}

// Of one thread: asks for all copies, as slots become free.
template <class Tile>
__device__ void bring(const Job& job, const Place& place, const Memory& memory) {
  Turn patches{.parity = 1}, stages{.parity = 1};
  const int step = job.run.gather.step;
  each_patch(job, place, [&](int first_source_channel, const Patch& patch) {
    wait_phase(memory.patch_free(patches.slot), patches.parity);
    arrive_expecting(memory.patch_filled(patches.slot), job.layout.patch_bytes);
    copy_tile(
        memory.patch(patches.slot), job.source, memory.patch_filled(patches.slot),
        {{first_source_channel, place.x * step + patch.x, place.y * step + patch.y, place.n}});
    patches.advance(patches_ahead);
    for (int t = patch.first; t < patch.first + patch.taps; ++t) {
      wait_phase(memory.stage_free(stages.slot), stages.parity);
      arrive_expecting(memory.stage_filled(stages.slot), Tile::stage_bytes);
      copy_tile(memory.stage(stages.slot, Tile::stage_bytes), job.kernel,
                memory.stage_filled(stages.slot),
                {{first_source_channel, job.plan.taps[t].index, place.first_channel, 0}});
      stages.advance(job.layout.stages);
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
__device__ void multiply(const Job& job, const Place& place, const Memory& memory,
                         float (&sums)[Tile::sums]) {
  const int warpgroup = int(threadIdx.x) / warpgroup_threads;
  const bool tells = threadIdx.x % 32 == 0;
  const uint32_t line_bytes = uint32_t(job.plan.width * row_bytes);
  Turn patches, stages;
  Mbarrier* done_stage = nullptr;  // of the products before the last
  Mbarrier* done_patch = nullptr;
  each_patch(job, place, [&](int first_source_channel, const Patch& patch) {
    const int left = job.run.gather.source.channels - first_source_channel;
    wait_phase(memory.patch_filled(patches.slot), patches.parity);
    const uint8_t* const pixels =
        memory.patch(patches.slot) + warpgroup * warpgroup_pixels_across * row_bytes;
    for (int t = patch.first; t < patch.first + patch.taps; ++t) {
      const Tap& tap = job.plan.taps[t];
      wait_phase(memory.stage_filled(stages.slot), stages.parity);
      const TileView view{pixels + tap.dy * line_bytes + tap.dx * row_bytes, 0, line_bytes};
      const uint8_t* const kernel = memory.stage(stages.slot, Tile::stage_bytes);
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
      done_stage = memory.stage_free(stages.slot);
      done_patch = nullptr;
      stages.advance(job.layout.stages);
    }
    done_patch = memory.patch_free(patches.slot);
    patches.advance(patches_ahead);
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
__device__ void finish(const Run& run, const Place& place, const Staging<Tile>& staging,
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
    const int pair = 4 * j + in_group, channel = place.first_channel + 2 * pair;
    const int channels = run.gather.destination.channels;
    const float bias0 = run.bias && channel < channels ? run.bias[channel] : 0;
    const float bias1 = run.bias && channel + 1 < channels ? run.bias[channel + 1] : 0;
    const float above0 = finished(sums[4 * j], bias0), above1 = finished(sums[4 * j + 1], bias1);
    const float below0 = finished(sums[4 * j + 2], bias0);
    const float below1 = finished(sums[4 * j + 3], bias1);
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
  int tile = int(blockIdx.x) / job.channel_tiles;
  const auto next = [&tile](int count) {
    const int at = tile % count;
    tile /= count;
    return at;
  };
  const Place place{.phase = next(job.run.gather.phases),
                    .n = tile / job.tiles_across / job.tiles_down,
                    .y = tile / job.tiles_across % job.tiles_down * patch_tile_height,
                    .x = tile % job.tiles_across * patch_tile_width,
                    .first_channel = int(blockIdx.x) % job.channel_tiles * Tile::width};
  const Memory memory(job);
  memory.start();
  float sums[Tile::sums] = {};
  const bool multiplies = threadIdx.x < multiplying_threads;
  if (multiplies) {
    multiply<Tile>(job, place, memory, sums);
  } else if (threadIdx.x == multiplying_threads) {
    bring<Tile>(job, place, memory);
  }
  __syncthreads();
  const Staging<Tile> staging(job.run, place);
  staging.prepare();
  if (multiplies) finish<Tile>(job.run, place, staging, sums);
  staging.store();
}

int tiles(int count, int of) { return (count + of - 1) / of; }

template <class Tile>
unsigned blocks_of(const Run& run) {
  const Gather& gather = run.gather;
  return unsigned(run.n * tiles(gather.rows, patch_tile_height) *
                  tiles(gather.cols, patch_tile_width) * gather.phases *
                  tiles(gather.destination.channels, Tile::width));
}

// As many stages as leave room for the blocks that are to share a multiprocessor, where that is
// more than one round of copies ahead.
template <class Tile>
Layout layout_of(const PatchPlan& plan) {
  Layout layout{.patch_bytes = plan.height * plan.width * row_bytes};
  layout.patch_pitch = tiles(layout.patch_bytes, tile_block_bytes) * tile_block_bytes;
  constexpr int mbarrier_bytes = 2 * (patches_ahead + most_stages) * int(sizeof(Mbarrier));
  for (int blocks = Tile::blocks_on_sm; blocks > 0 && layout.stages < 3; --blocks) {
    const int room = shared_of_multiprocessor / blocks - shared_of_block_itself - mbarrier_bytes -
                     patches_ahead * layout.patch_pitch;
    layout.stages = std::min(room / Tile::stage_bytes, most_stages);
  }
  layout.mbarriers_at = std::max(
      patches_ahead * layout.patch_pitch + layout.stages * Tile::stage_bytes, Tile::staging_bytes);
  layout.bytes = layout.mbarriers_at + mbarrier_bytes;
  return layout;
}

template <class Tile>
void launch_tiles(DeviceStream& stream, const Run& run) {
  const Gather& gather = run.gather;
  const Shape& source = gather.source;
  const PatchPlan plan = plan_patches(gather);
  const auto size = [](int n) { return uint64_t(n); };
  const auto step = uint32_t(gather.step);
  const uint64_t stored = stored_channels(source.channels);
  const Job job{
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
      .layout = layout_of<Tile>(plan),
      .tiles_across = tiles(gather.cols, patch_tile_width),
      .tiles_down = tiles(gather.rows, patch_tile_height),
      .channel_tiles = tiles(gather.destination.channels, Tile::width)};
  launch(stream, "convolution by warpgroups",
         {.grid = {blocks_of<Tile>(run)},
          .block = {convolution_threads},
          .shared_bytes = size_t(job.layout.bytes)},
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
