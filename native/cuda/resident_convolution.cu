// What bounds a convolution by products of warpgroups is what a multiprocessor gets from the
// second-level cache: with the kernel brought anew for each tile of 128 pixels, four times what the
// pixels need. Where the kernel of all taps fits, a block, one on a multiprocessor, keeps it and
// goes through many tiles of the same channels and phase. Two pairs of warpgroups take turns: one
// multiplies a tile while the other's results leave.
#include "native/cuda/resident_convolution.h"

#include <algorithm>

#include "native/cuda/warpgroup_tiles.h"

namespace limpid::cuda {
namespace {

using Run = ConvolutionRun<Precision::bf16>;

constexpr int pairs = 2;
constexpr int multiplying_threads = pairs * pair_threads;
constexpr int threads = multiplying_threads + copying_threads;
constexpr int least_slots = 3, most_slots = 6;  // of patches
constexpr int least_tiles = 3;                  // of a block

struct Job {
  TiledConvolution of;
  // Bytes of the block's memory. The kernel: for every 64 source channels the stages of a phase's
  // taps.
  int kernel_at, mbarriers_at;
};

// A group of tiles has one phase and the same channels: one kernel. Groups lie one behind the
// other; a block makes a stretch of all tiles.
__device__ int group_of(const Job& job, int tile) { return tile / job.of.tiles.of_pixels; }

// From tile to tile, without the divisions that it takes to find the first.
template <int width>
class Walk {
 public:
  __device__ Walk(const Job& job, int tile) : run_(job.of.run), group_(group_of(job, tile)) {
    const int pixels = tile % job.of.tiles.of_pixels, line = pixels / job.of.tiles.across;
    place_.n = line / job.of.tiles.down;
    place_.y = line % job.of.tiles.down * patch_tile_height;
    place_.x = pixels % job.of.tiles.across * patch_tile_width;
    begin_group();
  }

  __device__ int group() const { return group_; }
  __device__ const Place& place() const { return place_; }

  __device__ void advance() {
    place_.x += patch_tile_width;
    if (place_.x < run_.gather.cols) return;
    place_.x = 0, place_.y += patch_tile_height;
    if (place_.y < run_.gather.rows) return;
    place_.y = 0;
    if (++place_.n < run_.n) return;
    place_.n = 0, ++group_;
    begin_group();
  }

 private:
  __device__ void begin_group() {
    place_.phase = group_ % run_.gather.phases;
    place_.first_channel = group_ / run_.gather.phases * width;
  }

  const Run& run_;
  int group_;
  Place place_;
};

struct Stretch {
  int first, last;
};
__device__ Stretch own_stretch(const Job& job) {
  const auto bound = [&](unsigned block) {
    return int(int64_t(job.of.tiles.all) * block / gridDim.x);
  };
  return {bound(blockIdx.x), bound(blockIdx.x + 1)};
}

// What the threads of a block tell each other beside the patches' ring.
struct Mbarriers {
  Mbarrier kernel_filled, kernel_free;
  Mbarrier turn[pairs];  // to wait for patches: they come in the tiles' order
};
__device__ Mbarriers& mbarriers_of(const Job& job) {
  return *reinterpret_cast<Mbarriers*>(block_memory() + job.mbarriers_at);
}

// Of one thread: asks for all copies, as memory becomes free.
template <int width>
__device__ void bring(const Job& job, Ring patches) {
  constexpr int stage_bytes = width * tile_row_bytes;
  Mbarriers& mbarriers = mbarriers_of(job);
  const Stretch stretch = own_stretch(job);
  Walk<width> walk(job, stretch.first);
  int group = walk.group() - 1, kernel = 0;  // the kernel's number in the block
  for (int tile = stretch.first; tile < stretch.last; ++tile, walk.advance()) {
    const Place& place = walk.place();
    if (walk.group() > group) {
      ++group;
      wait_phase(&mbarriers.kernel_free, (kernel++ % 2) ^ 1);
      int stages = 0;
      each_patch(job.of, place.phase, [&](int, const Patch& patch) { stages += patch.taps; });
      arrive_expecting(&mbarriers.kernel_filled, stages * stage_bytes);
      uint8_t* to = block_memory() + job.kernel_at;
      each_patch(job.of, place.phase, [&](int first_source_channel, const Patch& patch) {
        for (int t = patch.first; t < patch.first + patch.taps; ++t, to += stage_bytes) {
          bring_stage(job.of, place, first_source_channel, t, to, &mbarriers.kernel_filled);
        }
      });
    }
    each_patch(job.of, place.phase, [&](int first_source_channel, const Patch& patch) {
      bring_patch(job.of, place, first_source_channel, patch, patches);
    });
  }
}

// The sums of a tile whose patches are the ring's next. The other pair has its turn once all have
// come.
template <int width>
__device__ void multiply(const Job& job, const Place& place, Ring& patches, Mbarrier* others_turn,
                         float (&sums)[width / 2]) {
  const bool tells = threadIdx.x % 32 == 0;
  TileOperand kernel = TileView{block_memory() + job.kernel_at};
  Mbarrier* done = nullptr;  // with the patch before the last
  each_patch(job.of, place.phase, [&](int first_source_channel, const Patch& patch) {
    const TileOperand pixels = own_pixels(job.of, patches.wait_filled());
    const int end = patch.first + patch.taps;
    bool owes = tells && done;
    with_depth(job.of, first_source_channel, [&](auto depth) {
      int at = job.of.tap_bytes[patch.first];  // loaded a tap ahead
      for (int t = patch.first + 1; t <= end; ++t) {
        const TileOperand tap = pixels + at;
        at = job.of.tap_bytes[t];
        multiply_tap<width, depth>(sums, tap, kernel);
        kernel = kernel + width * tile_row_bytes;
        wait_earlier_products();
        if (owes) arrive(done);
        owes = false;
      }
    });
    done = patches.free();
    patches.advance();
  });
  if (tells) arrive(others_turn);
  wait_products(sums);
  if (tells && done) arrive(done);
}

// Of the warps of a pair.
template <int width, bool pooled>
__device__ void multiply_all(const Job& job, Ring patches) {
  const int pair = int(threadIdx.x) / pair_threads;
  const bool tells = threadIdx.x % 32 == 0;
  Mbarriers& mbarriers = mbarriers_of(job);
  const Stretch stretch = own_stretch(job);
  Walk<width> walk(job, stretch.first);
  const auto skip_tile = [&] {  // it is the other pair's
    each_patch(job.of, walk.place().phase, [&](int, const Patch&) { patches.advance(); });
    walk.advance();
  };
  int group = walk.group(), kernel = 0;
  const auto go_to_kernel_of = [&](int next) {  // also past one of which this pair has no tile
    for (; group < next; ++group, ++kernel) {
      wait_phase(&mbarriers.kernel_filled, kernel % 2);
      if (tells) arrive(&mbarriers.kernel_free);
    }
  };
  int turns = 0;
  if (pair == 1) skip_tile();
  for (int tile = stretch.first + pair; tile < stretch.last; tile += pairs, ++turns) {
    go_to_kernel_of(walk.group());
    wait_phase(&mbarriers.turn[pair], pair == 0 ? (turns % 2) ^ 1 : turns % 2);
    wait_phase(&mbarriers.kernel_filled, kernel % 2);
    float sums[width / 2] = {};
    multiply<width>(job, walk.place(), patches, &mbarriers.turn[1 - pair], sums);
    store_results<width, pooled>(job.of, walk.place(), sums);
    walk.advance();
    skip_tile();
  }
  go_to_kernel_of(group_of(job, stretch.last - 1));
}

template <int width, bool pooled>
__global__ void __launch_bounds__(threads, 1) convolve_stretches(const __grid_constant__ Job job) {
  if (threadIdx.x == multiplying_threads) {
    prefetch_map(job.of.source);
    prefetch_map(job.of.kernel);
    Mbarriers& mbarriers = mbarriers_of(job);
    start_mbarrier(&mbarriers.kernel_filled, 1);
    start_mbarrier(&mbarriers.kernel_free, pairs * pair_warps);
    for (Mbarrier& turn : mbarriers.turn) start_mbarrier(&turn, pair_warps);
    show_mbarriers();
  }
  const Ring patches(job.of.patches);
  patches.start(pair_warps);
  load_biases(job.of, width);
  __syncthreads();
  if (threadIdx.x < multiplying_threads) {
    multiply_all<width, pooled>(job, patches);
  } else if (threadIdx.x == multiplying_threads) {
    bring<width>(job, patches);
  }
}

int most_taps(const Gather& gather) {
  int most = 0;
  for (int p = 0; p < gather.phases; ++p) most = std::max(most, gather.phase[p].taps);
  return most;
}

template <int width>
bool run_resident(DeviceStream& stream, const Run& run) {
  const int blocks = stream.multiprocessors();
  if (count_tiles(run, width).all < least_tiles * blocks) return false;
  Job job{.of = cut_into_tiles(run, width), .kernel_at = 0, .mbarriers_at = 0};
  RingShape& patches = job.of.patches;
  const int kernel_bytes = tiles_of(run.gather.source.channels, tile_row_values) *
                           most_taps(run.gather) * width * tile_row_bytes;
  const int others =
      ring_mbarrier_bytes(most_slots) + int(sizeof(Mbarriers)) + bias_bytes(job.of, width);
  const int room = shared_of_multiprocessor - shared_of_block_itself - others - kernel_bytes;
  patches.slots = std::min(room / patches.slot_bytes, most_slots);
  if (room < 0 || patches.slots < least_slots) return false;
  job.kernel_at = patches.end();
  patches.mbarriers_at = job.kernel_at + kernel_bytes;
  job.mbarriers_at = patches.mbarriers_at + ring_mbarrier_bytes(most_slots);
  job.of.biases_at = job.mbarriers_at + int(sizeof(Mbarriers));
  launch(stream, "convolution with a resident kernel",
         {.grid = {unsigned(blocks)},
          .block = {threads},
          .shared_bytes = size_t(patches.mbarriers_at + others)},
         run.pooled ? convolve_stretches<width, true> : convolve_stretches<width, false>, job);
  return true;
}

}  // namespace

// Only in tiles as wide as the channels ask for: half of them at once bring the pixels twice, and
// multiply less than those that bring the kernel anew (measured: 670 us instead of 530 for 128 to
// 256 channels). Up to 32 channels have not been tried.
bool run_resident_convolution(DeviceStream& stream, const Run& run) {
  const int channels = run.gather.destination.channels;
  const int width = tiles_of(channels, tiles_of(channels, 128));  // of tiles of the same width
  if (width <= 32) return false;
  if (width <= 48) return run_resident<48>(stream, run);
  if (width <= 64) return run_resident<64>(stream, run);
  return width <= 96 ? run_resident<96>(stream, run) : run_resident<128>(stream, run);
}

}  // namespace limpid::cuda
