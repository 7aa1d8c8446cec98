// Gradient by the kernel by products of warpgroups, over the pixels of a part of a picture. A block
// of two takes 64 or 128 coarse channels x 128 of (taps x fine channels); copies of two rounds of
// 64 pixels are under way while the tensor cores read a third.
#include "native/cuda/warpgroup_filter_gradient.h"

#include "native/cuda/warpgroup_round.h"

namespace limpid::cuda {
namespace {

using Run = FilterGradientRun<Precision::bf16>;

constexpr int threads = 2 * warpgroup_threads;
constexpr int depth = 64;                      // pixels a round
constexpr int group_values = tile_row_values;  // channels in a row of a tile
constexpr int group_chunks = depth * tile_row_chunks;
constexpr int group_bytes = group_chunks * int(sizeof(Chunk));

struct Job {
  Run run;
  FilterParts parts;
};

// With 128 channels a warpgroup takes 64 of them and all columns, with 64 all and half the columns.
template <int height_of>
struct Tile {
  static constexpr int height = height_of;  // coarse channels
  static constexpr int width = filter_tile_width;
  static constexpr bool shares_columns = height == warpgroup_rows;
  static constexpr int own_width = shares_columns ? width / 2 : width;
  static constexpr int sums = own_width / 2;  // of a thread
  static constexpr int stages = 3;
  static constexpr int blocks_on_sm = shares_columns ? 3 : 2;
  static constexpr int wide_at = height / group_values * group_chunks;
  static constexpr int stage_chunks = wide_at + width / group_values * group_chunks;
};

__device__ inline int own_warpgroup() { return int(threadIdx.x) / warpgroup_threads; }
__device__ inline int own_thread() { return int(threadIdx.x) % warpgroup_threads; }

// Fills tiles across the depth, which is the pixels of this block's part of a picture. A thread
// copies one chunk of channels of every n-th pixel.
template <class Tile>
class Copies {
 public:
  __device__ explicit Copies(const Job& job) : job_(job) {
    const Connection& c = job.run.connection;
    const int pixels = c.coarse.height * c.coarse.width;
    const int part = int(blockIdx.y), parts = job.parts.of_picture;
    next_ = int(int64_t(pixels) * part / parts);
    last_ = int(int64_t(pixels) * (part + 1) / parts);
    const int coarse_channel = int(blockIdx.x) % job.parts.tiles_down * Tile::height +
                               int(threadIdx.x) % high_chunks * chunk_values;
    has_coarse_ = coarse_channel < coarse_stored();
    coarse_ = job.run.coarse +
              (size_t(blockIdx.z) * pixels + next_ + high_first()) * coarse_stored() +
              coarse_channel;
    const int column = int(blockIdx.x) / job.parts.tiles_down * Tile::width +
                       int(threadIdx.x) % wide_chunks * chunk_values;
    const int tap = column / fine_stored();
    has_fine_ = tap < c.kernel * c.kernel;
    dy_ = tap / c.kernel - c.pad;
    dx_ = tap % c.kernel - c.pad;
    rows_on_ = depth / c.coarse.width;
    columns_on_ = depth % c.coarse.width;
    fine_ = job.run.fine + size_t(blockIdx.z) * c.fine.height * c.fine.width * fine_stored() +
            column % fine_stored();
    UNROLL for (int i = 0; i < wide_passes; ++i) {
      const int pixel = next_ + wide_first() + i * wide_rows;
      y_[i] = pixel / c.coarse.width;
      x_[i] = pixel % c.coarse.width;
    }
  }

  __device__ int rounds() const { return (last_ - next_ + depth - 1) / depth; }

  // The next round's, one group of copies.
  __device__ void start(Chunk* high, Chunk* wide) {
    const Connection& c = job_.run.connection;
    Chunk* const high_to = high + place(int(threadIdx.x) % high_chunks, high_first());
    UNROLL for (int i = 0; i < high_passes; ++i) {
      const bool inside = has_coarse_ && next_ + high_first() + i * high_rows < last_;
      copy_async(high_to + i * high_rows * tile_row_chunks,
                 inside ? coarse_ + size_t(i) * high_rows * coarse_stored() : job_.run.coarse,
                 inside);
    }
    coarse_ += size_t(depth) * coarse_stored();
    Chunk* const wide_to = wide + place(int(threadIdx.x) % wide_chunks, wide_first());
    UNROLL for (int i = 0; i < wide_passes; ++i) {
      const int y = c.stride * y_[i] + dy_, x = c.stride * x_[i] + dx_;
      const bool inside = has_fine_ && next_ + wide_first() + i * wide_rows < last_ &&
                          unsigned(y) < unsigned(c.fine.height) &&
                          unsigned(x) < unsigned(c.fine.width);
      const Bf16* const from = fine_ + (size_t(y) * c.fine.width + x) * fine_stored();
      copy_async(wide_to + i * wide_rows * tile_row_chunks, inside ? from : job_.run.fine, inside);
      const bool wraps = x_[i] + columns_on_ >= c.coarse.width;
      x_[i] += columns_on_ - (wraps ? c.coarse.width : 0);
      y_[i] += rows_on_ + (wraps ? 1 : 0);
    }
    next_ += depth;
  }

 private:
  static constexpr int high_chunks = Tile::height / chunk_values;
  static constexpr int high_rows = threads / high_chunks;  // pixels that one pass fills
  static constexpr int high_passes = depth / high_rows;
  static constexpr int wide_chunks = Tile::width / chunk_values;
  static constexpr int wide_rows = threads / wide_chunks;
  static constexpr int wide_passes = depth / wide_rows;
  static_assert(high_rows % 8 == 0 && wide_rows % 8 == 0);  // passes are swizzled alike

  __device__ static int high_first() { return int(threadIdx.x) / high_chunks; }
  __device__ static int wide_first() { return int(threadIdx.x) / wide_chunks; }
  __device__ static int place(int chunk, int pixel) {
    return chunk / tile_row_chunks * group_chunks + tile_place(pixel, chunk % tile_row_chunks);
  }
  __device__ int coarse_stored() const {
    return stored_channels(job_.run.connection.coarse.channels);
  }
  __device__ int fine_stored() const { return stored_channels(job_.run.connection.fine.channels); }

  const Job& job_;
  int next_, last_;  // pixels
  const Bf16* coarse_;
  const Bf16* fine_;
  bool has_coarse_, has_fine_;
  int dy_, dx_;                          // of the tap
  int rows_on_, columns_on_;             // from a pixel to the one of the next round
  int y_[wide_passes], x_[wide_passes];  // of the coarse pixel
};

template <class Tile>
__device__ void multiply(const Job& job, float (&sums)[Tile::sums]) {
  Chunk* const memory = reinterpret_cast<Chunk*>(block_memory());
  Copies<Tile> copies(job);
  const int rounds = copies.rounds();
  // Made in the loop, it makes nvcc serialize the products.
  const int own_group = own_warpgroup() * group_chunks;
  Chunk* stage = memory;  // of this round
  Chunk* next = memory;   // that copies fill
  const auto after = [&](Chunk* place) {
    return place == memory + (Tile::stages - 1) * Tile::stage_chunks ? memory
                                                                     : place + Tile::stage_chunks;
  };
  const auto start = [&](int round) {
    if (round < rounds) copies.start(next, next + Tile::wide_at);
    commit_copies();
    next = after(next);
  };
  start(0);
  start(1);
  for (int round = 0; round < rounds; ++round) {
    begin_round(sums);
    const Chunk* const high = stage + (Tile::shares_columns ? 0 : own_group);
    const Chunk* const wide = stage + Tile::wide_at + (Tile::shares_columns ? own_group : 0);
    UNROLL for (int k = 0; k < depth; k += product_depth) {
      multiply_add_tiles<Tile::own_width, TileOrder::across>(
          sums, {high + k * tile_row_chunks, group_bytes},
          {wide + k * tile_row_chunks, group_bytes});
    }
    commit_products();
    start(round + 2);
    stage = after(stage);
  }
  wait_copies<0>();
  wait_products(sums);
}

struct alignas(8) Two {
  float at[2];
};

template <class Tile>
__global__ void __launch_bounds__(threads, Tile::blocks_on_sm)
    multiply_pixels_by_tiles(const __grid_constant__ Job job) {
  float sums[Tile::sums] = {};
  multiply<Tile>(job, sums);
  const int coarse = job.run.connection.coarse.channels, columns = job.parts.columns;
  const int group = own_warpgroup(), lane = own_thread() % 32, warp = own_thread() / 32;
  const int first_row = int(blockIdx.x) % job.parts.tiles_down * Tile::height +
                        (Tile::shares_columns ? 0 : group * warpgroup_rows) + warp * 16 + lane / 4;
  const int first_column = int(blockIdx.x) / job.parts.tiles_down * Tile::width +
                           (Tile::shares_columns ? group * Tile::own_width : 0) + lane % 4 * 2;
  const size_t part = size_t(blockIdx.z) * job.parts.of_picture + blockIdx.y;
  float* const to = job.run.partial + part * coarse * columns;
  UNROLL for (int j = 0; j < Tile::own_width / 8; ++j) {
    const int column = first_column + 8 * j;  // columns are a multiple of 8, so both exist or none
    if (column >= columns) break;
    UNROLL for (int half = 0; half < 2; ++half) {
      const int row = first_row + 8 * half;
      if (row >= coarse) continue;
      *reinterpret_cast<Two*>(to + size_t(row) * columns +
                              column) = {{sums[4 * j + 2 * half], sums[4 * j + 2 * half + 1]}};
    }
  }
}

template <class Tile>
void launch_tiles(DeviceStream& stream, const Run& run) {
  const Job job{run, filter_parts(run.connection)};
  launch(stream, "filter gradient by warpgroups",
         {.grid = {unsigned(job.parts.tiles_down * job.parts.tiles_across),
                   unsigned(job.parts.of_picture), unsigned(run.n)},
          .block = {threads},
          .shared_bytes = size_t(Tile::stages) * Tile::stage_chunks * sizeof(Chunk)},
         multiply_pixels_by_tiles<Tile>, job);
}

}  // namespace

void run_warpgroup_filter_gradient(DeviceStream& stream, const Run& run) {
  if (filter_tile_height(run.connection.coarse.channels) == 64) {
    launch_tiles<Tile<64>>(stream, run);
  } else {
    launch_tiles<Tile<128>>(stream, run);
  }
}

}  // namespace limpid::cuda
