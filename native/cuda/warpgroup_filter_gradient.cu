// Gradient by the kernel by products of warpgroups, over the pixels of a part of a picture. One
// thread has the tensor memory accelerator bring, for every 8 x 8 coarse pixels, their gradient and
// the fine pixels of a row of taps; the taps are the same pixels, read from the next row of the
// tile on, so a product of 64 coarse channels x 3 x 64 fine ones reads them in place. Two
// warpgroups share the coarse channels, the fine ones, or, where there are at most 64 of both, the
// depth.
#include "native/cuda/warpgroup_filter_gradient.h"

#include <algorithm>
#include <cassert>

#include "native/cuda/warpgroup_ring.h"

namespace limpid::cuda {
namespace {

using Run = FilterGradientRun<Precision::bf16>;

constexpr int threads = multiplying_threads + copying_threads;
constexpr int side = 8;  // of the coarse pixels of a round
constexpr int round_products = side * side / product_depth;
constexpr int most_slots = 6;

struct Job {
  TileMap coarse, fine;
  Run run;
  FilterTiles tiles;
  int parts, columns;
  RingShape ring;
};

enum class Sharing { coarse, fine, depth };

template <int taps_of, Sharing sharing_of>
struct Tile {
  static constexpr int taps = taps_of;
  static constexpr Sharing sharing = sharing_of;
  static constexpr int coarse = sharing == Sharing::coarse ? 2 : 1;  // 64s of channels
  static constexpr int fine = sharing == Sharing::fine ? 2 : 1;
  static constexpr int width = taps * tile_row_values;
  static constexpr int sums = width / 2;  // of a thread
  static constexpr int blocks_on_sm = taps == 3 ? 1 : 2;
  static constexpr int line = side + taps - 1;  // fine pixels, also from one line to the next
  static constexpr int coarse_bytes = side * side * tile_row_bytes;
  static constexpr int fine_bytes = side * line * tile_row_bytes;
  static constexpr int slot_bytes = coarse * coarse_bytes + fine * fine_bytes;
  static_assert(fine_bytes % tile_block_bytes == 0);
};

// What this block makes.
struct Place {
  int n, first_round, rounds;
  int coarse_channel, fine_channel;
  TapRun run;
};

__device__ inline Place place_of(const Job& job) {
  const Shape& coarse = job.run.connection.coarse;
  const int rounds = ((coarse.height + side - 1) / side) * ((coarse.width + side - 1) / side);
  const int tile = int(blockIdx.x) / job.tiles.down, part = int(blockIdx.y);
  const int first = rounds * part / job.parts, last = rounds * (part + 1) / job.parts;
  return {.n = int(blockIdx.z),
          .first_round = first,
          .rounds = last - first,
          .coarse_channel = int(blockIdx.x) % job.tiles.down * job.tiles.coarse * tile_row_values,
          .fine_channel = tile / job.tiles.runs * job.tiles.fine * tile_row_values,
          .run = job.tiles.run[tile % job.tiles.runs]};
}

// Of one thread: asks for all copies, as slots become free.
template <class Tile>
__device__ void bring(const Job& job, const Place& place, Ring ring) {
  const Connection& c = job.run.connection;
  const int across = (c.coarse.width + side - 1) / side;
  for (int round = place.first_round; round < place.first_round + place.rounds; ++round) {
    const int y = round / across * side, x = round % across * side;
    uint8_t* to = ring.begin_filling(Tile::slot_bytes);
    for (int i = 0; i < Tile::coarse; ++i, to += Tile::coarse_bytes) {
      copy_tile(to, job.coarse, ring.filled(),
                {{place.coarse_channel + i * tile_row_values, x, y, place.n}});
    }
    for (int i = 0; i < Tile::fine; ++i, to += Tile::fine_bytes) {
      copy_tile(to, job.fine, ring.filled(),
                {{place.fine_channel + i * tile_row_values, x * c.stride + place.run.first - c.pad,
                  y * c.stride + place.run.row - c.pad, place.n}});
    }
    ring.advance();
  }
}

__device__ inline int own_warpgroup() { return int(threadIdx.x) / warpgroup_threads; }
__device__ inline int own_thread() { return int(threadIdx.x) % warpgroup_threads; }

// Of the multiplying warps.
template <class Tile>
__device__ void multiply(const Place& place, Ring ring, float (&sums)[Tile::sums]) {
  constexpr bool shares_depth = Tile::sharing == Sharing::depth;
  constexpr int products = shares_depth ? round_products / 2 : round_products;
  constexpr int lines = product_depth / side;  // of pixels, of a product
  constexpr int coarse_step = product_depth * tile_row_bytes;
  constexpr int fine_step = lines * Tile::line * tile_row_bytes;
  const int first = shares_depth ? own_warpgroup() * products : 0;
  const int coarse_at =
      (Tile::sharing == Sharing::coarse ? own_warpgroup() : 0) * Tile::coarse_bytes +
      first * coarse_step;
  const int fine_at = Tile::coarse * Tile::coarse_bytes +
                      (Tile::sharing == Sharing::fine ? own_warpgroup() : 0) * Tile::fine_bytes +
                      first * fine_step;
  const bool tells = threadIdx.x % 32 == 0;
  Mbarrier* done = nullptr;  // of the products before the last
  for (int round = 0; round < place.rounds; ++round) {
    const uint8_t* const slot = ring.wait_filled();
    begin_products();
    UNROLL for (int k = 0; k < products; ++k) {
      multiply_add_tiles<Tile::width, TileOrder::across>(
          sums, {slot + coarse_at + k * coarse_step},
          {slot + fine_at + k * fine_step, tile_row_bytes, Tile::line * tile_row_bytes});
    }
    commit_products();
    wait_earlier_products();
    if (tells && done) arrive(done);
    done = ring.free();
    ring.advance();
  }
  wait_products(sums);
}

// The sums over all of the depth, in the first warpgroup.
template <int count>
__device__ void add_halves(float (&sums)[count]) {
  float* const others = reinterpret_cast<float*>(block_memory()) + own_thread();
  const bool multiplies = threadIdx.x < multiplying_threads;
  __syncthreads();
  UNROLL for (int i = 0; i < count; ++i) {
    if (multiplies && own_warpgroup() == 1) store_shared(others + i * warpgroup_threads, sums[i]);
  }
  __syncthreads();
  UNROLL for (int i = 0; i < count; ++i) {
    if (own_warpgroup() == 0) sums[i] += load_shared(others + i * warpgroup_threads);
  }
}

struct alignas(8) Two {
  float at[2];
};

template <class Tile>
__device__ void store(const Job& job, const Place& place, const float (&sums)[Tile::sums]) {
  const Connection& c = job.run.connection;
  const int stored = stored_channels(c.fine.channels);
  const int lane = own_thread() % 32, warp = own_thread() / 32;
  const int row = place.coarse_channel + warp * 16 + lane / 4 +
                  (Tile::sharing == Sharing::coarse ? own_warpgroup() * warpgroup_rows : 0);
  const int channel = place.fine_channel + lane % 4 * 2 +
                      (Tile::sharing == Sharing::fine ? own_warpgroup() * tile_row_values : 0);
  const size_t part = size_t(blockIdx.z) * job.parts + blockIdx.y;
  float* const to = job.run.partial + part * c.coarse.channels * job.columns;
  UNROLL for (int j = 0; j < Tile::width / 8; ++j) {
    const int column = place.run.first + j / 8 * c.stride;  // of the kernel
    const int fine = channel + j % 8 * 8;  // stored ones are a multiple of 8: both exist or none
    if (column >= c.kernel || fine >= stored) continue;
    const size_t at = size_t(place.run.row * c.kernel + column) * stored + fine;
    UNROLL for (int half = 0; half < 2; ++half) {
      if (row + 8 * half >= c.coarse.channels) continue;
      *reinterpret_cast<Two*>(to + size_t(row + 8 * half) * job.columns +
                              at) = {{sums[4 * j + 2 * half], sums[4 * j + 2 * half + 1]}};
    }
  }
}

template <class Tile>
__global__ void __launch_bounds__(threads, Tile::blocks_on_sm)
    multiply_pixels_by_tiles(const __grid_constant__ Job job) {
  const Place place = place_of(job);
  const Ring ring(job.ring);
  ring.start();
  __syncthreads();
  float sums[Tile::sums] = {};
  if (threadIdx.x < multiplying_threads) {
    multiply<Tile>(place, ring, sums);
  } else if (threadIdx.x == multiplying_threads) {
    bring<Tile>(job, place, ring);
  }
  if constexpr (Tile::sharing == Sharing::depth) add_halves(sums);
  constexpr int storing = Tile::sharing == Sharing::depth ? warpgroup_threads : multiplying_threads;
  if (threadIdx.x < storing) store<Tile>(job, place, sums);
}

template <class Tile>
RingShape plan_ring() {
  constexpr int room = shared_of_multiprocessor / Tile::blocks_on_sm - shared_of_block_itself -
                       ring_mbarrier_bytes(most_slots);
  RingShape ring{.slots = std::min(room / Tile::slot_bytes, most_slots),
                 .slot_bytes = Tile::slot_bytes};
  constexpr int halves_bytes =
      Tile::sharing == Sharing::depth ? Tile::sums * warpgroup_threads * int(sizeof(float)) : 0;
  ring.mbarriers_at = std::max(ring.end(), halves_bytes);
  return ring;
}

template <class Tile>
void launch_tiles(DeviceStream& stream, const Run& run) {
  const auto& [coarse, fine, kernel, stride, pad] = run.connection;
  const FilterParts parts = filter_parts(run.connection);
  const auto sizes = [&](const Shape& shape) {
    return std::array{uint64_t(stored_channels(shape.channels)), uint64_t(shape.width),
                      uint64_t(shape.height), uint64_t(run.n)};
  };
  const auto step = uint32_t(stride);
  const Job job{
      .coarse = map_tiles({.memory = run.coarse, .sizes = sizes(coarse), .tile = {side, side, 1}}),
      .fine = map_tiles({.memory = run.fine,
                         .sizes = sizes(fine),
                         .tile = {Tile::line, side, 1},
                         .steps = {step, step, 1}}),
      .run = run,
      .tiles = filter_tiles(run.connection),
      .parts = parts.of_picture,
      .columns = parts.columns,
      .ring = plan_ring<Tile>()};
  launch(
      stream, "filter gradient by warpgroups",
      {.grid = {unsigned(job.tiles.down * job.tiles.across), unsigned(job.parts), unsigned(run.n)},
       .block = {threads},
       .shared_bytes = size_t(job.ring.mbarriers_at + ring_mbarrier_bytes(job.ring.slots))},
      multiply_pixels_by_tiles<Tile>, job);
}

template <int taps>
void launch_sharing(DeviceStream& stream, const Run& run, const FilterTiles& tiles) {
  if (tiles.coarse == 2) return launch_tiles<Tile<taps, Sharing::coarse>>(stream, run);
  if (tiles.fine == 2) return launch_tiles<Tile<taps, Sharing::fine>>(stream, run);
  launch_tiles<Tile<taps, Sharing::depth>>(stream, run);
}

}  // namespace

FilterTiles filter_tiles(const Connection& c) {
  FilterTiles tiles;
  for (int row = 0; row < c.kernel; ++row) {
    for (int parity = 0; parity < c.stride; ++parity) {
      int taps = 0;
      for (int column = parity; column < c.kernel; column += c.stride, ++taps) {
        assert(tiles.runs < max_runs || taps % most_taps_of_run != 0);
        if (taps % most_taps_of_run == 0) tiles.run[tiles.runs++] = {row, column};
      }
      tiles.taps = std::max(tiles.taps, std::min(taps, most_taps_of_run));
    }
  }
  tiles.coarse = c.coarse.channels > tile_row_values ? 2 : 1;
  tiles.fine = tiles.coarse == 1 && c.fine.channels > tile_row_values ? 2 : 1;
  const auto of = [](int channels, int wide) {
    return (channels + wide * tile_row_values - 1) / (wide * tile_row_values);
  };
  tiles.down = of(c.coarse.channels, tiles.coarse);
  tiles.across = of(c.fine.channels, tiles.fine) * tiles.runs;
  return tiles;
}

void run_warpgroup_filter_gradient(DeviceStream& stream, const Run& run) {
  const FilterTiles tiles = filter_tiles(run.connection);
  if (tiles.taps == 3) return launch_sharing<3>(stream, run, tiles);
  if (tiles.taps == 2) return launch_sharing<2>(stream, run, tiles);
  launch_sharing<1>(stream, run, tiles);
}

}  // namespace limpid::cuda
