// Gradient by the kernel by products of warpgroups, over the pixels of a part of a picture. One
// thread has the tensor memory accelerator bring, for every 8 x 8 coarse pixels, their gradient and
// the fine pixels that a square of taps sees. All taps read these in place: the next tap of a row
// is the same pixels from the next row of the tile on, the next row of taps from the next line on;
// so a warpgroup multiplies 64 coarse channels x a row of taps x 64 fine channels at once. What
// bounds the products is what a multiprocessor gets from the second-level cache: with a square of
// 3 x 3 taps 18 bytes a cycle, with a row of them it would be 35.
#include "native/cuda/warpgroup_filter_gradient.h"

#include <algorithm>
#include <cassert>

#include "native/cuda/eight.h"
#include "native/cuda/warpgroup_ring.h"

namespace limpid::cuda {
namespace {

using Run = FilterGradientRun<Precision::bf16>;

constexpr int side = 8;  // of the coarse pixels of a round
constexpr int round_products = side * side / product_depth;
constexpr int most_slots = 6;

// That share a multiprocessor, by the registers of their warpgroups.
constexpr int blocks_of_warpgroups(int warpgroups) { return warpgroups > 2 ? 1 : 2; }

struct Job {
  TileMap coarse, fine;
  Run run;
  FilterTiles tiles;
  int parts, columns;
  RingShape ring;
};

// What two warpgroups share out that have the same row of taps.
enum class Sharing { nothing, coarse, fine, depth };

template <int taps_of, Sharing sharing_of>
struct Tile {
  static constexpr int taps = taps_of;  // of a row, and rows
  static constexpr Sharing sharing = sharing_of;
  static constexpr int coarse = sharing == Sharing::coarse ? 2 : 1;  // 64s of channels
  static constexpr int fine = sharing == Sharing::fine ? 2 : 1;
  static constexpr int warpgroups = taps * (sharing == Sharing::nothing ? 1 : 2);
  static constexpr int multiplying = warpgroups * warpgroup_threads;
  static constexpr int threads = multiplying + copying_threads;
  static constexpr int width = taps * tile_row_values;
  static constexpr int sums = width / 2;  // of a thread
  static constexpr int blocks_on_sm = blocks_of_warpgroups(warpgroups);
  static constexpr int line = side + taps - 1;  // fine pixels, also from one line to the next
  static constexpr int line_bytes = line * tile_row_bytes;
  static constexpr int coarse_bytes = side * side * tile_row_bytes;
  static constexpr int fine_copied = line * line_bytes;
  static constexpr int fine_bytes =
      (fine_copied + tile_block_bytes - 1) / tile_block_bytes * tile_block_bytes;
  static constexpr int slot_bytes = coarse * coarse_bytes + fine * fine_bytes;
  static constexpr int slot_copied = coarse * coarse_bytes + fine * fine_copied;
  static constexpr int operand_bytes = product_depth * width * int(sizeof(Bf16));
};

// What this block makes.
struct Place {
  int n, first_round, rounds;
  int coarse_channel, fine_channel;
  TapSquare square;
};

__device__ inline Place place_of(const Job& job) {
  const int rounds = job.tiles.rounds;
  const int tile = int(blockIdx.x) / job.tiles.down, part = int(blockIdx.y);
  const int first = rounds * part / job.parts, last = rounds * (part + 1) / job.parts;
  return {.n = int(blockIdx.z),
          .first_round = first,
          .rounds = last - first,
          .coarse_channel = int(blockIdx.x) % job.tiles.down * job.tiles.coarse * tile_row_values,
          .fine_channel = tile / job.tiles.squares * job.tiles.fine * tile_row_values,
          .square = job.tiles.square[tile % job.tiles.squares]};
}

// Of one thread: asks for all copies, as slots become free.
template <class Tile>
__device__ void bring(const Job& job, const Place& place, Ring ring) {
  const Connection& c = job.run.connection;
  const int across = (c.coarse.width + side - 1) / side;
  for (int round = place.first_round; round < place.first_round + place.rounds; ++round) {
    const int y = round / across * side, x = round % across * side;
    uint8_t* to = ring.begin_filling(Tile::slot_copied);
    for (int i = 0; i < Tile::coarse; ++i, to += Tile::coarse_bytes) {
      copy_tile(to, job.coarse, ring.filled(),
                {{place.coarse_channel + i * tile_row_values, x, y, place.n}});
    }
    for (int i = 0; i < Tile::fine; ++i, to += Tile::fine_bytes) {
      copy_tile(
          to, job.fine, ring.filled(),
          {{place.fine_channel + i * tile_row_values, x * c.stride + place.square.column - c.pad,
            y * c.stride + place.square.row - c.pad, place.n}});
    }
    ring.advance();
  }
}

__device__ inline int own_warpgroup() { return int(threadIdx.x) / warpgroup_threads; }
__device__ inline int own_thread() { return int(threadIdx.x) % warpgroup_threads; }
template <class Tile>
__device__ int own_row() {  // of taps
  return own_warpgroup() % Tile::taps;
}
template <class Tile>
__device__ int own_share() {  // of what those with its row share out
  return own_warpgroup() / Tile::taps;
}
template <class Tile>
__device__ int own_tap_row(const Connection& c, const Place& place) {  // of the kernel
  return place.square.row + own_row<Tile>() * c.stride;
}

// Of the multiplying warps.
template <class Tile>
__device__ void multiply(const Place& place, bool has_row, Ring ring, float (&sums)[Tile::sums]) {
  constexpr bool shares_depth = Tile::sharing == Sharing::depth;
  constexpr int products = shares_depth ? round_products / 2 : round_products;
  constexpr int lines = product_depth / side;  // of pixels, of a product
  constexpr int coarse_step = product_depth * tile_row_bytes;
  constexpr int fine_step = lines * Tile::line_bytes;
  const int first = shares_depth ? own_share<Tile>() * products : 0;
  const int coarse_at =
      (Tile::sharing == Sharing::coarse ? own_share<Tile>() : 0) * Tile::coarse_bytes +
      first * coarse_step;
  const int fine_at = Tile::coarse * Tile::coarse_bytes +
                      (Tile::sharing == Sharing::fine ? own_share<Tile>() : 0) * Tile::fine_bytes +
                      own_row<Tile>() * Tile::line_bytes + first * fine_step;
  const bool tells = threadIdx.x % 32 == 0;
  if (!has_row) {  // of taps: past the kernel's end
    for (int round = 0; round < place.rounds; ++round, ring.advance()) {
      ring.wait_filled();
      if (tells) arrive(ring.free());
    }
    return;
  }
  Mbarrier* done = nullptr;  // of the products before the last
  for (int round = 0; round < place.rounds; ++round) {
    const uint8_t* const slot = ring.wait_filled();
    const TileOperand coarse = TileView{slot + coarse_at};
    const TileOperand fine = TileView{slot + fine_at, tile_row_bytes, Tile::line_bytes};
    begin_products();
    UNROLL for (int k = 0; k < products; ++k) {
      multiply_add_tiles<Tile::width, TileOrder::across>(sums, coarse + k * coarse_step,
                                                         fine + k * fine_step);
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
template <class Tile>
__device__ void add_halves(float (&sums)[Tile::sums]) {
  static_assert(Tile::warpgroups == 2);
  float* const others = reinterpret_cast<float*>(block_memory()) + own_thread();
  __syncthreads();
  UNROLL for (int i = 0; i < Tile::sums; ++i) {
    if (own_warpgroup() == 1) store_shared(others + i * warpgroup_threads, sums[i]);
  }
  __syncthreads();
  UNROLL for (int i = 0; i < Tile::sums; ++i) {
    if (own_warpgroup() == 0) sums[i] += load_shared(others + i * warpgroup_threads);
  }
}

// A lane has two neighbouring columns of each eight. Lanes side by side exchange one pair of each
// two eights, so that a row's 64 bytes are stored at once.
template <class Tile>
__device__ void store(const Job& job, const Place& place, const float (&sums)[Tile::sums]) {
  const Connection& c = job.run.connection;
  const int stored = stored_channels(c.fine.channels);
  const int lane = own_thread() % 32, warp = own_thread() / 32;
  const bool odd = lane % 2 == 1;
  const int row = place.coarse_channel + warp * 16 + lane / 4 +
                  (Tile::sharing == Sharing::coarse ? own_share<Tile>() * warpgroup_rows : 0);
  const int channel = place.fine_channel + lane % 2 * 8 + lane % 4 / 2 * 4 +
                      (Tile::sharing == Sharing::fine ? own_share<Tile>() * tile_row_values : 0);
  const int tap_row = own_tap_row<Tile>(c, place);
  if (tap_row >= c.kernel) return;
  const size_t part = size_t(blockIdx.z) * job.parts + blockIdx.y;
  float* const to = job.run.partial + part * c.coarse.channels * job.columns;
  UNROLL for (int j = 0; j < Tile::width / 8; j += 2) {
    const int column = place.square.column + j / 8 * c.stride;
    const int fine = channel + j % 8 * 8;  // stored channels are eights: all four exist or none
    const size_t at = size_t(tap_row * c.kernel + column) * stored + fine;
    UNROLL for (int half = 0; half < 2; ++half) {
      const float* const first = sums + 4 * j + 2 * half;
      const float* const second = first + 4;
      const float other[] = {exchange(odd ? first[0] : second[0], 1),
                             exchange(odd ? first[1] : second[1], 1)};
      if (column >= c.kernel || fine >= stored || row + 8 * half >= c.coarse.channels) continue;
      *reinterpret_cast<Quad*>(to + size_t(row + 8 * half) * job.columns + at) =
          odd ? Quad{{other[0], other[1], second[0], second[1]}}
              : Quad{{first[0], first[1], other[0], other[1]}};
    }
  }
}

template <class Tile>
__global__ void __launch_bounds__(Tile::threads, Tile::blocks_on_sm)
    multiply_pixels_by_tiles(const __grid_constant__ Job job) {
  const Ring ring(job.ring);
  ring.start(Tile::multiplying / 32);
  const Place place = place_of(job);
  __syncthreads();
  float sums[Tile::sums] = {};
  if (threadIdx.x < Tile::multiplying) {
    const Connection& c = job.run.connection;
    multiply<Tile>(place, own_tap_row<Tile>(c, place) < c.kernel, ring, sums);
  } else if (threadIdx.x == Tile::multiplying) {
    bring<Tile>(job, place, ring);
  }
  if constexpr (Tile::sharing == Sharing::depth) add_halves<Tile>(sums);
  constexpr int storing = Tile::sharing == Sharing::depth ? warpgroup_threads : Tile::multiplying;
  if (threadIdx.x < storing) store<Tile>(job, place, sums);
}

// Behind the ring an operand's bytes stay unused: compute-sanitizer takes an operand for one piece
// of memory from where it begins, which for the last lines would end past the block's memory.
template <class Tile>
RingShape plan_ring() {
  constexpr int room = shared_of_multiprocessor / Tile::blocks_on_sm - shared_of_block_itself -
                       ring_mbarrier_bytes(most_slots) - Tile::operand_bytes;
  RingShape ring{.slots = std::min(room / Tile::slot_bytes, most_slots),
                 .slot_bytes = Tile::slot_bytes};
  constexpr int halves_bytes =
      Tile::sharing == Sharing::depth ? Tile::sums * warpgroup_threads * int(sizeof(float)) : 0;
  ring.mbarriers_at = std::max(ring.end() + Tile::operand_bytes, halves_bytes);
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
                         .tile = {Tile::line, Tile::line, 1},
                         .steps = {step, step, 1}}),
      .run = run,
      .tiles = filter_tiles(run.connection),
      .parts = parts.of_picture,
      .columns = parts.columns,
      .ring = plan_ring<Tile>()};
  launch(
      stream, "filter gradient by warpgroups",
      {.grid = {unsigned(job.tiles.down * job.tiles.across), unsigned(job.parts), unsigned(run.n)},
       .block = {unsigned(Tile::threads)},
       .shared_bytes = size_t(job.ring.mbarriers_at + ring_mbarrier_bytes(job.ring.slots))},
      multiply_pixels_by_tiles<Tile>, job);
}

// `otherwise`: where there are at most 64 channels of both.
template <int taps, Sharing otherwise>
void launch_sharing(DeviceStream& stream, const Run& run, const FilterTiles& tiles) {
  if (tiles.coarse == 2) return launch_tiles<Tile<taps, Sharing::coarse>>(stream, run);
  if (tiles.fine == 2) return launch_tiles<Tile<taps, Sharing::fine>>(stream, run);
  launch_tiles<Tile<taps, otherwise>>(stream, run);
}

}  // namespace

FilterTiles filter_tiles(const Connection& c) {
  FilterTiles tiles;
  tiles.taps = std::min((c.kernel + c.stride - 1) / c.stride, most_taps);
  const auto for_each_first = [&](const auto& use) {
    for (int parity = 0; parity < c.stride; ++parity) {
      for (int first = parity; first < c.kernel; first += c.stride * tiles.taps) use(first);
    }
  };
  for_each_first([&](int row) {
    for_each_first([&](int column) {
      assert(tiles.squares < max_squares);
      tiles.square[tiles.squares++] = {row, column};
    });
  });
  if (tiles.taps < most_taps) {
    tiles.coarse = c.coarse.channels > tile_row_values ? 2 : 1;
    tiles.fine = tiles.coarse == 1 && c.fine.channels > tile_row_values ? 2 : 1;
  }
  tiles.rounds = ((c.coarse.height + side - 1) / side) * ((c.coarse.width + side - 1) / side);
  tiles.blocks_on_multiprocessor = blocks_of_warpgroups(tiles.taps * tiles.coarse * tiles.fine);
  const auto of = [](int channels, int wide) {
    return (channels + wide * tile_row_values - 1) / (wide * tile_row_values);
  };
  tiles.down = of(c.coarse.channels, tiles.coarse);
  tiles.across = of(c.fine.channels, tiles.fine) * tiles.squares;
  return tiles;
}

void run_warpgroup_filter_gradient(DeviceStream& stream, const Run& run) {
  const FilterTiles tiles = filter_tiles(run.connection);
  if (tiles.taps == 3) return launch_tiles<Tile<3, Sharing::nothing>>(stream, run);
  if (tiles.taps == 2) return launch_sharing<2, Sharing::nothing>(stream, run, tiles);
  launch_sharing<1, Sharing::depth>(stream, run, tiles);
}

}  // namespace limpid::cuda
