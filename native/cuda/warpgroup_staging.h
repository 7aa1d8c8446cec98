// How the blocks of warpgroup_convolution.cu know what they make, and where results wait on their
// way out, so that whole chunks are stored.
#pragma once

#include "native/cuda/convolution.h"
#include "native/cuda/pixel.h"
#include "native/cuda/simt.h"

namespace limpid::cuda {

constexpr int convolution_threads = 2 * warpgroup_threads;

// Of the staging of results: words of two channels. Rows begin four banks apart.
constexpr int value_pitch(int width) { return width / 2 + 4; }
constexpr int winner_pitch(int width) { return width / 4 + 2; }  // words of four channels

// What this block makes.
struct Place {
  const Phase& phase;
  int pixels;         // of a phase, all pictures
  int first_row;      // of these
  int first_channel;  // of the destination

  // The row of pixel_of() that row `row` of the tile is.
  __device__ int of_all(bool pooled, int row) const {
    if (!pooled) return first_row + row;
    return first_row + row / 16 * 16 + row % 8 / 2 * 4 + row % 2 + row / 8 % 2 * 2;
  }
};

struct alignas(8) EightWinners {
  uint32_t words[2];
};

template <class Tile>
class Staging {
 public:
  __device__ Staging(const ConvolutionRun<Precision::bf16>& run, const Place& place)
      : run_(run), place_(place), shrink_(run.pooled ? 2 : 1) {}

  // Notes the destination of each row, and fetches what is there if it is to be added to.
  __device__ void prepare() const {
    const int row = int(threadIdx.x);
    if (row < rows()) store_shared(row_table() + row, destination_pixel(row));
    if (!run_.add) return;
    __syncthreads();
    each_chunk([&](int chunk_row, int chunk, size_t at) {
      store_shared(chunk_at(chunk_row, chunk),
                   *reinterpret_cast<const Chunk*>(run_.destination + at));
    });
    __syncthreads();
  }

  // Two channels of a row; the second half of the word is the second one.
  __device__ void put(int row, int pair, float first, float second) const {
    uint32_t* const word = words() + row * value_pitch(width) + pair;
    if (run_.add) {
      const uint32_t before = load_shared(word);
      first += bits_to_float(before << 16);
      second += bits_to_float(before & 0xFFFF0000u);
    }
    store_shared(word, uint32_t(round_to_bf16(first)) | uint32_t(round_to_bf16(second)) << 16);
  }
  __device__ void put_winners(int row, int four, uint32_t winners) const {
    store_shared(winner_words() + row * winner_pitch(width) + four, winners);
  }

  __device__ void store() const {
    __syncthreads();
    each_chunk([&](int row, int chunk, size_t at) {
      *reinterpret_cast<Chunk*>(run_.destination + at) = load_shared(chunk_at(row, chunk));
      if (!run_.winners) return;
      *reinterpret_cast<EightWinners*>(run_.winners + at) = load_shared(
          reinterpret_cast<const EightWinners*>(winner_words() + row * winner_pitch(width)) +
          chunk);
    });
  }

 private:
  static constexpr int width = Tile::width;
  // Calls f(row, chunk, where its first value lies in the destination).
  template <class F>
  __device__ void each_chunk(const F& f) const {
    constexpr int chunks = width / chunk_values;
    const int stored = stored_channels(run_.gather.destination.channels);
    for (int i = int(threadIdx.x); i < rows() * chunks; i += convolution_threads) {
      const int row = i / chunks, chunk = i % chunks;
      const int pixel = load_shared(row_table() + row);
      const int channel = place_.first_channel + chunk * chunk_values;
      if (pixel >= 0 && channel < stored) f(row, chunk, size_t(pixel) * stored + channel);
    }
  }

  // Counted through all pictures; -1 where there is none.
  __device__ int destination_pixel(int row) const {
    const Gather& gather = run_.gather;
    const int of_all = place_.first_row + row * (run_.pooled ? 4 : 1);
    if (of_all >= place_.pixels) return -1;
    const Pixel pixel = pixel_of(gather, run_.pooled, of_all);
    const int y = (pixel.y * gather.spread + place_.phase.row) / shrink_;
    const int x = (pixel.x * gather.spread + place_.phase.col) / shrink_;
    return (pixel.n * (gather.destination.height / shrink_) + y) *
               (gather.destination.width / shrink_) +
           x;
  }

  __device__ int rows() const { return run_.pooled ? Tile::pixels / 4 : Tile::pixels; }
  __device__ static uint32_t* words() { return reinterpret_cast<uint32_t*>(block_memory()); }
  __device__ static uint32_t* winner_words() {
    return reinterpret_cast<uint32_t*>(block_memory() + Tile::winners_at);
  }
  __device__ static int* row_table() {
    return reinterpret_cast<int*>(block_memory() + Tile::rows_at);
  }
  __device__ static Chunk* chunk_at(int row, int chunk) {
    return reinterpret_cast<Chunk*>(words() + row * value_pitch(width) + chunk * 4);
  }

  const ConvolutionRun<Precision::bf16>& run_;
  const Place& place_;
  const int shrink_;
};

}  // namespace limpid::cuda
