// Gathering convolution by products of warpgroups. A block of two takes 128 destination pixels x 32
// to 128 channels; copies of two rounds of 64 values of the depth are under way while the tensor
// cores read a third. Bias, activation and pool follow in registers: pixels are dealt to rows so
// that a thread has two of a pooling window's four, and a neighbouring lane the other two.
#include "native/cuda/warpgroup_convolution.h"

#include <algorithm>

#include "native/cuda/warpgroup_round.h"
#include "native/cuda/warpgroup_staging.h"

namespace limpid::cuda {
namespace {

using Run = ConvolutionRun<Precision::bf16>;

constexpr int threads = convolution_threads;
constexpr int rows_at_once = threads / tile_row_chunks;  // that one pass of copies fills
constexpr int nowhere = -16384;                          // a row no tap brings into a picture
constexpr int most_pixels_aside = 32768;                 // what a place has room for

template <int width_of>
struct Tile {
  static constexpr int width = width_of;  // channels
  static constexpr int pixels = 2 * warpgroup_rows;
  static constexpr int sums = width / 2;  // of a thread
  static constexpr int stages = 3;
  static constexpr int blocks_on_sm = sums > 32 ? 2 : 3;
  static constexpr int stage_chunks = (pixels + width) * tile_row_chunks;
  static constexpr int winners_at = pixels * value_pitch(width) * 4;
  static constexpr int rows_at = winners_at + pixels / 4 * winner_pitch(width) * 4;
  static constexpr int staging_bytes = rows_at + pixels * 4;
  static constexpr int copy_bytes = stages * stage_chunks * int(sizeof(Chunk));
  static constexpr int shared_bytes = copy_bytes > staging_bytes ? copy_bytes : staging_bytes;
};

// Fills tiles along the depth, which goes tap by tap and through the channels within a tap. (Bounds
// kept as masks and offsets kept in tables are fewer instructions, but were 3 % slower.)
template <class Tile>
class Copies {
 public:
  __device__ Copies(const Run& run, const Place& place)
      : run_(run),
        phase_(place.phase),
        chunks_of_tap_(stored_channels(run.gather.source.channels) / chunk_values),
        chunk_(int(threadIdx.x) % tile_row_chunks),
        to_(tile_place(first_row(), chunk_)) {
    const Shape& source = run.gather.source;
    UNROLL for (int i = 0; i < passes; ++i) {
      const int row = place.of_all(run.pooled, first_row() + i * rows_at_once);
      const Pixel pixel = pixel_of(run.gather, run.pooled, row);
      const int y = row < place.pixels ? pixel.y * run.gather.step : nowhere;
      const int x = pixel.x * run.gather.step;
      places_[i] = y * 65536 + x;
      pixels_[i] = (pixel.n * source.height + pixel.y * run.gather.step) * source.width + x;
    }
    channel_ = place.first_channel + first_row();
    kernel_ = run.kernel + size_t(channel_) * run.gather.kernel_taps * source_stored();
    settle();
  }

  __device__ int rounds() const {
    return (phase_.taps * chunks_of_tap_ + tile_row_chunks - 1) / tile_row_chunks;
  }

  // The next round's, one group of copies.
  __device__ void start(Chunk* a, Chunk* b) {
    const bool deep = tap_ < phase_.taps;
    const Tap tap = run_.gather.taps[deep ? phase_.first + tap_ : 0];
    const int height = run_.gather.source.height, across = run_.gather.source.width;
    const int pixels_on = tap.dy * across + tap.dx;
    const Bf16* const chunk = run_.source + chunk_ * chunk_values;
    UNROLL for (int i = 0; i < passes; ++i) {
      const int y = (places_[i] >> 16) + tap.dy, x = (places_[i] & 0xFFFF) + tap.dx;
      const bool inside = deep && unsigned(y) < unsigned(height) && unsigned(x) < unsigned(across);
      copy_async(a + to_ + i * rows_at_once * tile_row_chunks,
                 inside ? chunk + int64_t(pixels_[i] + pixels_on) * source_stored() : run_.source,
                 inside);
    }
    const Bf16* from = kernel_ + tap.index * source_stored() + chunk_ * chunk_values;
    UNROLL for (int row = 0; row < Tile::width; row += rows_at_once) {
      if (Tile::width % rows_at_once != 0 && first_row() + row >= Tile::width) break;
      const bool inside = deep && channel_ + row < run_.gather.destination.channels;
      copy_async(b + to_ + row * tile_row_chunks, inside ? from : run_.kernel, inside);
      from += size_t(rows_at_once) * run_.gather.kernel_taps * source_stored();
    }
    chunk_ += tile_row_chunks;
    settle();
  }

 private:
  static constexpr int passes = Tile::pixels / rows_at_once;

  __device__ static int first_row() { return int(threadIdx.x) / tile_row_chunks; }
  __device__ int source_stored() const { return chunks_of_tap_ * chunk_values; }
  __device__ void settle() {
    while (chunk_ >= chunks_of_tap_) {
      chunk_ -= chunks_of_tap_;
      ++tap_;
    }
  }

  const Run& run_;
  const Phase& phase_;
  int pixels_[passes];  // of the source, counted through all pictures
  int places_[passes];  // their rows, times 2^16, and columns
  const Bf16* kernel_;
  int channel_;
  const int chunks_of_tap_;
  int tap_ = 0, chunk_;
  const int to_;  // of the first row's chunk; rows of later passes are swizzled alike
};

__device__ inline int own_warpgroup() { return int(threadIdx.x) / warpgroup_threads; }

template <class Tile>
__device__ void multiply(const Run& run, const Place& place, float (&sums)[Tile::sums]) {
  Chunk* const memory = reinterpret_cast<Chunk*>(block_memory());
  Copies<Tile> copies(run, place);
  const int rounds = copies.rounds();
  const auto stage_of = [&](int round) {
    return memory + round % Tile::stages * Tile::stage_chunks;
  };
  const auto start = [&](int round) {
    Chunk* const stage = stage_of(round);
    if (round < rounds) copies.start(stage, stage + Tile::pixels * tile_row_chunks);
    commit_copies();
  };
  start(0);
  start(1);
  for (int round = 0; round < rounds; ++round) {
    begin_round(sums);
    const Chunk* const stage = stage_of(round);
    const Chunk* const a = stage + own_warpgroup() * warpgroup_rows * tile_row_chunks;
    const Chunk* const b = stage + Tile::pixels * tile_row_chunks;
    UNROLL for (int k = 0; k < tile_row_chunks; k += product_depth / chunk_values) {
      multiply_add_tiles<Tile::width, TileOrder::along>(sums, {a + k}, {b + k});
    }
    commit_products();
    start(round + 2);
  }
  wait_copies<0>();
  wait_products(sums);
  __syncthreads();
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
__device__ void finish(const Run& run, const Place& place, const float (&sums)[Tile::sums]) {
  const Staging<Tile> staging(run, place);
  staging.prepare();
  const int lane = int(threadIdx.x) % 32, group = lane / 4, in_group = lane % 4;
  const int first_row = int(threadIdx.x) / 32 * 16;
  const float below_zero = run.activation == Activation::relu         ? 0
                           : run.activation == Activation::leaky_relu ? run.slope
                                                                      : 1;
  const auto finished = [&](float sum, float bias) {
    const float x = sum + bias;
    return x < 0 ? (below_zero == 0 ? 0 : below_zero * x) : x;
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
      staging.put(first_row + group, pair, above0, above1);
      staging.put(first_row + group + 8, pair, below0, below1);
      continue;
    }
    const Pooled first = pool(above0, below0, group % 2), second = pool(above1, below1, group % 2);
    const int row = first_row / 4 + group / 2;
    if (group % 2 == 0) staging.put(row, pair, first.value, second.value);
    if (!run.winners) continue;
    const uint32_t two = first.winner | second.winner << 8;
    const uint32_t winners = two | exchange(two, 1) << 16;
    if (group % 2 == 1 && in_group % 2 == 0) staging.put_winners(row, pair / 2, winners);
  }
  staging.store();
}

template <class Tile>
__global__ void __launch_bounds__(threads, Tile::blocks_on_sm)
    convolve_tiles(const __grid_constant__ Run run) {
  const int channel_tiles = (run.gather.destination.channels + Tile::width - 1) / Tile::width;
  const int tile = int(blockIdx.x) / channel_tiles;
  const Place place{.phase = run.gather.phase[tile % run.gather.phases],
                    .pixels = run.n * run.gather.rows * run.gather.cols,
                    .first_row = tile / run.gather.phases * Tile::pixels,
                    .first_channel = int(blockIdx.x) % channel_tiles * Tile::width};
  float sums[Tile::sums] = {};
  multiply<Tile>(run, place, sums);
  finish<Tile>(run, place, sums);
}

template <class Tile>
unsigned blocks_of(const Run& run) {
  const unsigned pixels = unsigned(run.n * run.gather.rows * run.gather.cols);
  const unsigned channels = unsigned(run.gather.destination.channels);
  return (pixels + Tile::pixels - 1) / Tile::pixels * unsigned(run.gather.phases) *
         ((channels + Tile::width - 1) / Tile::width);
}

template <class Tile>
void launch_tiles(DeviceStream& stream, const Run& run) {
  launch(stream, "convolution by warpgroups",
         {.grid = {blocks_of<Tile>(run)}, .block = {threads}, .shared_bytes = Tile::shared_bytes},
         convolve_tiles<Tile>, run);
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
         run.gather.destination.channels > 16 &&
         std::max(run.gather.source.height, run.gather.source.width) < most_pixels_aside;
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
