// Gathering convolution, implicit GEMM: bias, activation and 2 x 2 max pool fused. 128 destination
// pixels x 16, 64 or 128 channels a block, four stages of copies ahead of the tensor cores. The
// four pixels of a pooling window are neighbouring rows of a tile.
#include "native/cuda/convolution.h"

#include <cassert>
#include <climits>

#include "native/cuda/eight.h"
#include "native/cuda/tile.h"
#include "native/cuda/warpgroup_convolution.h"

namespace limpid::cuda {
namespace {

struct Pixel {
  int n, y, x;
};

// Pixels of a phase, picture by picture and row by row; where a 2 x 2 pool follows, window by
// window, the four pixels of one row by row.
__device__ inline Pixel pixel_of(const Gather& gather, bool pooled, int row) {
  if (!pooled) {
    const int y = row / gather.cols;
    return {y / gather.rows, y % gather.rows, row % gather.cols};
  }
  const int window = row / 4, cols = gather.cols / 2, rows = gather.rows / 2;
  const int y = window / cols;
  return {y / rows, y % rows * 2 + row / 2 % 2, window % cols * 2 + row % 2};
}

constexpr int tile_pixels = 128;
constexpr int stages = 4;
constexpr int rows_at_once = block_threads / chunks_along;  // that one pass of copies fills
constexpr int nowhere = INT_MIN / 2;                        // a row no tap brings into a picture

constexpr int staging_pitch(int width) { return width + 8; }  // floats; rows in different banks

constexpr size_t shared_bytes(int width) {
  const size_t copies = size_t(stages) * (tile_pixels + width) * chunks_along * sizeof(Chunk);
  const size_t staging = size_t(tile_pixels) * staging_pitch(width) * sizeof(float);
  return copies > staging ? copies : staging;
}

// Fills tiles along the depth, which is cut into chunks: tap by tap, channels within a tap.
template <Precision precision, int width>
class Copies {
 public:
  __device__ Copies(const ConvolutionRun<precision>& run, const Phase& phase, int pixels)
      : run_(run),
        phase_(phase),
        chunks_of_tap_(stored_channels(run.gather.source.channels) / values_of_chunk<precision>),
        chunk_(int(threadIdx.x) % chunks_along) {
    for (int i = 0; i < tile_pixels / rows_at_once; ++i) {
      const int row = int(blockIdx.x) * tile_pixels + first_row() + i * rows_at_once;
      const Pixel pixel = pixel_of(run.gather, run.pooled, row);
      pictures_[i] = run.source + size_t(pixel.n) * run.gather.source.height *
                                      run.gather.source.width * source_stored();
      y_[i] = row < pixels ? pixel.y * run.gather.step : nowhere;
      x_[i] = pixel.x * run.gather.step;
    }
    settle();
  }

  __device__ int rounds() const {
    return (phase_.taps * chunks_of_tap_ + chunks_along - 1) / chunks_along;
  }

  // The next round's, one group of copies.
  __device__ void start(Chunk* a, Chunk* b) {
    const int column = int(threadIdx.x) % chunks_along;
    const bool deep = tap_ < phase_.taps;
    const Tap tap = run_.gather.taps[deep ? phase_.first + tap_ : 0];
    for (int i = 0; i < tile_pixels / rows_at_once; ++i) {
      const int y = y_[i] + tap.dy, x = x_[i] + tap.dx;
      const bool inside =
          deep && y >= 0 && y < run_.gather.source.height && x >= 0 && x < run_.gather.source.width;
      const size_t at = (size_t(y) * run_.gather.source.width + x) * source_stored() +
                        size_t(chunk_) * values_of_chunk<precision>;
      copy_async(a + along_at(first_row() + i * rows_at_once, column),
                 inside ? pictures_[i] + at : run_.source, inside);
    }
    for (int row = first_row(); row < width; row += rows_at_once) {
      const int channel = int(blockIdx.y) * width + row;
      const bool inside = deep && channel < run_.gather.destination.channels;
      const size_t at = (size_t(channel) * run_.gather.kernel_taps + tap.index) * source_stored() +
                        size_t(chunk_) * values_of_chunk<precision>;
      copy_async(b + along_at(row, column), run_.kernel + (inside ? at : 0), inside);
    }
    chunk_ += chunks_along;
    settle();
  }

 private:
  __device__ static int first_row() { return int(threadIdx.x) / chunks_along; }
  __device__ int source_stored() const { return chunks_of_tap_ * values_of_chunk<precision>; }
  __device__ void settle() {
    while (chunk_ >= chunks_of_tap_) {
      chunk_ -= chunks_of_tap_;
      ++tap_;
    }
  }

  const ConvolutionRun<precision>& run_;
  const Phase& phase_;
  const Value<precision>* pictures_[tile_pixels / rows_at_once];
  int y_[tile_pixels / rows_at_once], x_[tile_pixels / rows_at_once];
  const int chunks_of_tap_;
  int tap_ = 0, chunk_;
};

template <Precision precision>
__device__ void store(const ConvolutionRun<precision>& run, size_t at, Eight values) {
  if (run.wide_destination) {
    if (run.add) {
      const Eight before = load_eight(run.wide_destination + at);
      for (int i = 0; i < 8; ++i) values.at[i] += before.at[i];
    }
    store_eight(run.wide_destination + at, values);
  } else {
    if (run.add) {
      const Eight before = load_eight(run.destination + at);
      for (int i = 0; i < 8; ++i) values.at[i] += before.at[i];
    }
    store_eight(run.destination + at, values);
  }
}

// Eight channels of one pixel, or of the window that one row is the first of.
template <Precision precision>
__device__ void finish(const ConvolutionRun<precision>& run, const Phase& phase,
                       const float* staging, int pitch, int row, int channel) {
  const int channels = run.gather.destination.channels;
  Eight values, winners;
  for (int j = 0; j < (run.pooled ? 4 : 1); ++j) {
    for (int i = 0; i < 8; ++i) {
      float x = load_shared(staging + j * pitch + i);
      if (run.bias && channel + i < channels) x += run.bias[channel + i];
      x = channel + i < channels ? activate(run.activation, run.slope, x) : 0;
      if (j == 0 || x > values.at[i]) {
        values.at[i] = x;
        winners.at[i] = float(j);
      }
    }
  }
  const Pixel pixel = pixel_of(run.gather, run.pooled, row);
  const int shrink = run.pooled ? 2 : 1;
  const int y = (pixel.y * run.gather.spread + phase.row) / shrink;
  const int x = (pixel.x * run.gather.spread + phase.col) / shrink;
  const int height = run.gather.destination.height / shrink;
  const int width = run.gather.destination.width / shrink;
  const size_t at =
      ((size_t(pixel.n) * height + y) * width + x) * stored_channels(channels) + channel;
  store(run, at, values);
  if (!run.winners) return;
  for (int i = 0; i < 8; ++i) run.winners[at + i] = uint8_t(winners.at[i]);
}

template <Precision precision, int width>
using TileSums = Sums<precision, tile_pixels, width,
                      width == 128  ? 64
                      : width == 64 ? 32
                                    : 16,
                      width == 16 ? 16 : 32>;

template <Precision precision, int width>
__global__ void __launch_bounds__(block_threads)
    convolve(const __grid_constant__ ConvolutionRun<precision> run) {
  constexpr int stage_chunks = (tile_pixels + width) * chunks_along;
  Chunk* const memory = reinterpret_cast<Chunk*>(block_memory());
  const Phase& phase = run.gather.phase[blockIdx.z];
  const int pixels = run.n * run.gather.rows * run.gather.cols;
  Copies<precision, width> copies(run, phase, pixels);
  TileSums<precision, width> sums;
  const auto start = [&](int round) {
    Chunk* const stage = memory + round % stages * stage_chunks;
    if (round < copies.rounds()) copies.start(stage, stage + tile_pixels * chunks_along);
    commit_copies();
  };
  for (int round = 0; round < stages - 1; ++round) start(round);
  for (int round = 0; round < copies.rounds(); ++round) {
    wait_copies<stages - 2>();
    __syncthreads();
    start(round + stages - 1);
    const Chunk* const stage = memory + round % stages * stage_chunks;
    sums.add_along(stage, stage + tile_pixels * chunks_along);
  }
  wait_copies<0>();
  __syncthreads();
  constexpr int pitch = staging_pitch(width);
  float* const staging = reinterpret_cast<float*>(memory);
  sums.for_each(
      [&](int row, int col, float sum) { store_shared(staging + row * pitch + col, sum); });
  __syncthreads();
  const int window = run.pooled ? 4 : 1;
  for (int i = int(threadIdx.x); i < tile_pixels / window * (width / 8); i += block_threads) {
    const int row = i / (width / 8) * window, col = i % (width / 8) * 8;
    const int channel = int(blockIdx.y) * width + col;
    const int of_all = int(blockIdx.x) * tile_pixels + row;
    if (of_all >= pixels || channel >= stored_channels(run.gather.destination.channels)) continue;
    finish(run, phase, staging + row * pitch + col, pitch, of_all, channel);
  }
}

template <Precision precision, int width>
void launch_convolution(DeviceStream& stream, const ConvolutionRun<precision>& run) {
  const unsigned pixels = unsigned(run.n * run.gather.rows * run.gather.cols);
  const unsigned channels = unsigned(stored_channels(run.gather.destination.channels));
  launch(stream, "convolution",
         {.grid = {(pixels + tile_pixels - 1) / tile_pixels, (channels + width - 1) / width,
                   unsigned(run.gather.phases)},
          .block = {block_threads},
          .shared_bytes = shared_bytes(width)},
         convolve<precision, width>, run);
}

}  // namespace

// Narrow layers in narrow tiles: a product with absent channels is work for nothing.
template <Precision precision>
void run_convolution(DeviceStream& stream, const ConvolutionRun<precision>& run) {
  assert(!run.pooled || run.gather.phases == 1);
  assert((run.destination == nullptr) != (run.wide_destination == nullptr));
  if constexpr (precision == Precision::bf16) {
    if (suits_warpgroups(stream, run)) return run_warpgroup_convolution(stream, run);
  }
  const int channels = run.gather.destination.channels;
  if (channels <= 16) {
    launch_convolution<precision, 16>(stream, run);
  } else if (channels <= 64) {
    launch_convolution<precision, 64>(stream, run);
  } else {
    launch_convolution<precision, 128>(stream, run);
  }
}

template void run_convolution(DeviceStream&, const ConvolutionRun<Precision::fp32>&);
template void run_convolution(DeviceStream&, const ConvolutionRun<Precision::tf32>&);
template void run_convolution(DeviceStream&, const ConvolutionRun<Precision::bf16>&);

}  // namespace limpid::cuda
