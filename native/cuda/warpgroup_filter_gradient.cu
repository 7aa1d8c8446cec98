// Gradient by the kernel by products of warpgroups, over the pixels of a part of a picture. A block
// of two takes 64 or 128 coarse channels x 128 of (taps x fine channels); copies of two rounds of
// 64 pixels are under way while the tensor cores read a third.
#include "native/cuda/warpgroup_filter_gradient.h"

#include "native/cuda/simt.h"

namespace limpid::cuda {
namespace {

using Run = FilterGradientRun<Precision::bf16>;

constexpr int threads = 2 * warpgroup_threads;
constexpr int stages = 3;
constexpr int depth = 64;  // pixels a round
constexpr int values_of_chunk = 8;
constexpr int group_values = tile_row_values;  // channels in a row of a tile
constexpr int group_chunks = depth * tile_row_chunks;
constexpr int group_bytes = group_chunks * int(sizeof(Chunk));
constexpr int wide_groups = filter_tile_width / group_values;

struct Job {
  Run run;
  FilterParts parts;
};

// Fills tiles across the depth, which is the pixels of this block's part of a picture. A thread
// copies one chunk of channels of every n-th pixel.
template <int height>
class Copies {
 public:
  __device__ explicit Copies(const Job& job) : job_(job) {
    const Connection& c = job.run.connection;
    const int pixels = c.coarse.height * c.coarse.width;
    const int part = int(blockIdx.y), parts = job.parts.of_picture;
    next_ = int(int64_t(pixels) * part / parts);
    last_ = int(int64_t(pixels) * (part + 1) / parts);
    const int coarse_channel = int(blockIdx.x) % job.parts.tiles_down * height +
                               int(threadIdx.x) % high_chunks * values_of_chunk;
    has_coarse_ = coarse_channel < coarse_stored();
    coarse_ = job.run.coarse +
              (size_t(blockIdx.z) * pixels + next_ + high_first()) * coarse_stored() +
              coarse_channel;
    const int column = int(blockIdx.x) / job.parts.tiles_down * filter_tile_width +
                       int(threadIdx.x) % wide_chunks * values_of_chunk;
    const int tap = column / fine_stored();
    has_fine_ = tap < c.kernel * c.kernel;
    dy_ = tap / c.kernel - c.pad;
    dx_ = tap % c.kernel - c.pad;
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
      x_[i] += depth;
      while (x_[i] >= c.coarse.width) {
        x_[i] -= c.coarse.width;
        ++y_[i];
      }
    }
    next_ += depth;
  }

 private:
  static constexpr int high_chunks = height / values_of_chunk;
  static constexpr int high_rows = threads / high_chunks;  // pixels that one pass fills
  static constexpr int high_passes = depth / high_rows;
  static constexpr int wide_chunks = filter_tile_width / values_of_chunk;
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
  int y_[wide_passes], x_[wide_passes];  // of the coarse pixel
};

template <int height>
constexpr int stage_chunks = (height / group_values + wide_groups) * group_chunks;

// With 128 channels a warpgroup takes 64 of them and all columns, with 64 all and half the columns.
template <int height>
constexpr int own_width = height == 128 ? filter_tile_width : filter_tile_width / 2;

template <int height>
__device__ void multiply(const Job& job, float (&sums)[own_width<height> / 2]) {
  constexpr int wide_at = height / group_values * group_chunks;
  Chunk* const memory = reinterpret_cast<Chunk*>(block_memory());
  Copies<height> copies(job);
  const int rounds = copies.rounds();
  const int own_group = int(threadIdx.x) / warpgroup_threads * group_chunks;
  Chunk* stage = memory;  // of this round
  Chunk* next = memory;   // that copies fill
  const auto after = [&](Chunk* place) {
    return place == memory + (stages - 1) * stage_chunks<height> ? memory
                                                                 : place + stage_chunks<height>;
  };
  const auto start = [&](int round) {
    if (round < rounds) copies.start(next, next + wide_at);
    commit_copies();
    next = after(next);
  };
  UNROLL for (int round = 0; round < stages - 1; ++round) start(round);
  for (int round = 0; round < rounds; ++round) {
    wait_copies<stages - 2>();
    fence_products();
    wait_products<0>(sums);  // they read what start() is about to fill
    __syncthreads();
    begin_products();
    const Chunk* const high = stage + (height == 128 ? own_group : 0);
    const Chunk* const wide = stage + wide_at + (height == 128 ? 0 : own_group);
    UNROLL for (int k = 0; k < depth; k += product_depth) {
      multiply_add_tiles<own_width<height>, TileOrder::across>(
          sums, {high + k * tile_row_chunks, group_bytes},
          {wide + k * tile_row_chunks, group_bytes});
    }
    commit_products();
    start(round + stages - 1);
    stage = after(stage);
  }
  wait_copies<0>();
  wait_products<0>(sums);
}

struct alignas(8) Two {
  float at[2];
};

template <int height>
__global__ void __launch_bounds__(threads, 2)
    multiply_pixels_by_tiles(const __grid_constant__ Job job) {
  float sums[own_width<height> / 2] = {};
  multiply<height>(job, sums);
  const int coarse = job.run.connection.coarse.channels, columns = job.parts.columns;
  const int group = int(threadIdx.x) / warpgroup_threads;
  const int lane = int(threadIdx.x) % 32, warp = int(threadIdx.x) % warpgroup_threads / 32;
  const int first_row = int(blockIdx.x) % job.parts.tiles_down * height +
                        (height == 128 ? group * warpgroup_rows : 0) + warp * 16 + lane / 4;
  const int first_column = int(blockIdx.x) / job.parts.tiles_down * filter_tile_width +
                           (height == 128 ? 0 : group * own_width<height>)+lane % 4 * 2;
  const size_t part = size_t(blockIdx.z) * job.parts.of_picture + blockIdx.y;
  float* const to = job.run.partial + part * coarse * columns;
  UNROLL for (int j = 0; j < own_width<height> / 8; ++j) {
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

template <int height>
void launch_tiles(DeviceStream& stream, const Job& job) {
  launch(stream, "filter gradient by warpgroups",
         {.grid = {unsigned(job.parts.tiles_down * job.parts.tiles_across),
                   unsigned(job.parts.of_picture), unsigned(job.run.n)},
          .block = {threads},
          .shared_bytes = size_t(stages) * stage_chunks<height> * sizeof(Chunk)},
         multiply_pixels_by_tiles<height>, job);
}

}  // namespace

void run_warpgroup_filter_gradient(DeviceStream& stream, const Run& run) {
  const Job job{run, filter_parts(run.connection)};
  if (filter_tile_height(run.connection.coarse.channels) == 64) {
    launch_tiles<64>(stream, job);
  } else {
    launch_tiles<128>(stream, job);
  }
}

}  // namespace limpid::cuda
