// Gradient by the kernel, implicit GEMM over pixels: coarse channels x (taps x fine channels), 64
// or 128 of them x 128 a block; three stages of copies ahead of the tensor cores.
#include "native/cuda/filter_gradient.h"

#include <algorithm>
#include <cassert>

#include "native/cuda/last_layer.h"
#include "native/cuda/tile.h"
#include "native/cuda/warpgroup_filter_gradient.h"

namespace limpid::cuda {
namespace {

constexpr int stages = 3;

template <Precision precision>
struct Job {
  FilterGradientRun<precision> run;
  FilterParts parts;
};

// Fills tiles across the depth, which is the pixels of this block's part of a picture.
template <Precision precision, int height>
class Copies {
 public:
  __device__ explicit Copies(const Job<precision>& job) : job_(job) {
    const Connection& c = job.run.connection;
    const int pixels = c.coarse.height * c.coarse.width;
    const int part = int(blockIdx.y), parts = job.parts.of_picture;
    next_ = int(int64_t(pixels) * part / parts);
    last_ = int(int64_t(pixels) * (part + 1) / parts);
    coarse_ = job.run.coarse + size_t(blockIdx.z) * pixels * stored_channels(c.coarse.channels);
    fine_ = job.run.fine +
            size_t(blockIdx.z) * c.fine.height * c.fine.width * stored_channels(c.fine.channels);
    row_ = int(blockIdx.x) % job.parts.tiles_down * height;
    const int column = int(blockIdx.x) / job.parts.tiles_down * filter_tile_width +
                       int(threadIdx.x) % wide_chunks * values;
    const int fine_stored = stored_channels(c.fine.channels);
    tap_ = column / fine_stored;
    channel_ = column % fine_stored;
    for (int i = 0; i < wide_passes; ++i) {
      const int pixel = next_ + int(threadIdx.x) / wide_chunks + i * wide_rows;
      y_[i] = pixel / c.coarse.width;
      x_[i] = pixel % c.coarse.width;
    }
  }

  __device__ int rounds() const { return (last_ - next_ + depth - 1) / depth; }

  // The next round's, one group of copies.
  __device__ void start(Chunk* a, Chunk* b) {
    const Connection& c = job_.run.connection;
    for (int step = int(threadIdx.x) / high_chunks; step < depth; step += high_rows) {
      const int chunk = int(threadIdx.x) % high_chunks;
      const int channel = row_ + chunk * values, pixel = next_ + step;
      const bool inside = pixel < last_ && channel < stored_channels(c.coarse.channels);
      const size_t at = size_t(pixel) * stored_channels(c.coarse.channels) + channel;
      copy_async(a + across_at<precision>(step, chunk, height), coarse_ + (inside ? at : 0),
                 inside);
    }
    for (int i = 0; i < wide_passes; ++i) {
      const int step = int(threadIdx.x) / wide_chunks + i * wide_rows;
      const int chunk = int(threadIdx.x) % wide_chunks;
      const int y = c.stride * y_[i] + tap_ / c.kernel - c.pad;
      const int x = c.stride * x_[i] + tap_ % c.kernel - c.pad;
      const bool inside = next_ + step < last_ && tap_ < c.kernel * c.kernel && y >= 0 &&
                          y < c.fine.height && x >= 0 && x < c.fine.width;
      const size_t at =
          (size_t(y) * c.fine.width + x) * stored_channels(c.fine.channels) + channel_;
      copy_async(b + across_at<precision>(step, chunk, filter_tile_width),
                 fine_ + (inside ? at : 0), inside);
      x_[i] += depth;
      while (x_[i] >= c.coarse.width) {
        x_[i] -= c.coarse.width;
        ++y_[i];
      }
    }
    next_ += depth;
  }

  static constexpr int depth = depth_across<precision>;

 private:
  static constexpr int values = values_of_chunk<precision>;
  static constexpr int high_chunks = height / values;
  static constexpr int high_rows = block_threads / high_chunks;
  static constexpr int wide_chunks = filter_tile_width / values;
  static constexpr int wide_rows = block_threads / wide_chunks;
  static constexpr int wide_passes = depth / wide_rows;

  const Job<precision>& job_;
  const Value<precision>* coarse_;
  const Value<precision>* fine_;
  int next_, last_;  // pixels
  int row_;          // the first coarse channel
  int tap_, channel_;
  int y_[wide_passes], x_[wide_passes];  // of the coarse pixel
};

template <Precision precision, int height>
constexpr int stage_chunks =
    Copies<precision, height>::depth*(height + filter_tile_width) / values_of_chunk<precision>;

template <Precision precision, int height>
__global__ void __launch_bounds__(block_threads)
    multiply_pixels(const __grid_constant__ Job<precision> job) {
  constexpr int wide_at = Copies<precision, height>::depth * height / values_of_chunk<precision>;
  Chunk* const memory = reinterpret_cast<Chunk*>(block_memory());
  Copies<precision, height> copies(job);
  Sums<precision, height, filter_tile_width, height / 2, 32> sums;
  const int rounds = copies.rounds();
  const auto start = [&](int round) {
    Chunk* const stage = memory + round % stages * stage_chunks<precision, height>;
    if (round < rounds) copies.start(stage, stage + wide_at);
    commit_copies();
  };
  for (int round = 0; round < stages - 1; ++round) start(round);
  for (int round = 0; round < rounds; ++round) {
    wait_copies<stages - 2>();
    __syncthreads();
    start(round + stages - 1);
    const Chunk* const stage = memory + round % stages * stage_chunks<precision, height>;
    sums.add_across(stage, stage + wide_at);
  }
  const int coarse = job.run.connection.coarse.channels, columns = job.parts.columns;
  const int first_row = int(blockIdx.x) % job.parts.tiles_down * height;
  const int first_column = int(blockIdx.x) / job.parts.tiles_down * filter_tile_width;
  const size_t part = size_t(blockIdx.z) * job.parts.of_picture + blockIdx.y;
  float* const to = job.run.partial + part * coarse * columns;
  sums.for_each([&](int row, int column, float sum) {
    if (first_row + row >= coarse || first_column + column >= columns) return;
    to[size_t(first_row + row) * columns + first_column + column] = sum;
  });
}

template <Precision precision, int height>
void launch_products(DeviceStream& stream, const Job<precision>& job) {
  launch(stream, "filter gradient",
         {.grid = {unsigned(job.parts.tiles_down * job.parts.tiles_across),
                   unsigned(job.parts.of_picture), unsigned(job.run.n)},
          .block = {block_threads},
          .shared_bytes = size_t(stages) * stage_chunks<precision, height> * sizeof(Chunk)},
         multiply_pixels<precision, height>, job);
}

}  // namespace

int filter_tile_height(int coarse_channels) { return coarse_channels <= 64 ? 64 : 128; }

namespace {

// Waves of blocks that a large GPU makes of 32 pictures by products of warpgroups, times what each
// takes: its rounds, and as much as `rounds_beside` for what it has to begin and to
// write, and others to add up. More parts must be faster by a twentieth.
int parts_of_picture(const Connection& c) {
  constexpr int pictures = 32, multiprocessors = 132, rounds_beside = 14, least_rounds = 4;
  const FilterTiles tiles = filter_tiles(c);
  const int at_once = multiprocessors * tiles.blocks_on_multiprocessor;
  const int rounds = tiles.rounds;
  int best = 1;
  int64_t least = INT64_MAX / 20;
  for (int parts = 1; parts <= std::clamp(rounds / least_rounds, 1, 32); ++parts) {
    const int64_t blocks = int64_t(pictures) * tiles.down * tiles.across * parts;
    const int64_t time =
        (blocks + at_once - 1) / at_once * ((rounds + parts - 1) / parts + rounds_beside);
    if (time * 20 > least * 19) continue;
    least = time;
    best = parts;
  }
  return best;
}

}  // namespace

FilterParts filter_parts(const Connection& c) {
  FilterParts parts;
  parts.columns = c.kernel * c.kernel * stored_channels(c.fine.channels);
  const int height = filter_tile_height(c.coarse.channels);
  parts.tiles_down = (c.coarse.channels + height - 1) / height;
  parts.tiles_across = (parts.columns + filter_tile_width - 1) / filter_tile_width;
  const int pixels = c.coarse.height * c.coarse.width;
  // The last layer's kernel has a block for 256 coarse channels and all columns.
  parts.of_picture = is_last_layer(c, true) ? std::clamp(pixels / 256, 1, 8) : parts_of_picture(c);
  return parts;
}

size_t filter_partial_floats(const Connection& connection, int n) {
  const FilterParts parts = filter_parts(connection);
  return size_t(n) * parts.of_picture * connection.coarse.channels * parts.columns;
}

template <Precision precision>
void run_filter_gradient(DeviceStream& stream, const FilterGradientRun<precision>& run) {
  if constexpr (precision == Precision::bf16) {
    if (stream.has_warpgroups()) return run_warpgroup_filter_gradient(stream, run);
  }
  const Job<precision> job{run, filter_parts(run.connection)};
  if (filter_tile_height(run.connection.coarse.channels) == 64) {
    launch_products<precision, 64>(stream, job);
  } else {
    launch_products<precision, 128>(stream, job);
  }
}

template void run_filter_gradient(DeviceStream&, const FilterGradientRun<Precision::fp32>&);
template void run_filter_gradient(DeviceStream&, const FilterGradientRun<Precision::tf32>&);
template void run_filter_gradient(DeviceStream&, const FilterGradientRun<Precision::bf16>&);

}  // namespace limpid::cuda
