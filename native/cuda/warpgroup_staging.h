// How the blocks of warpgroup_convolution.cu know what they make, and where results wait on their
// way out, so that whole chunks are stored.
#pragma once

#include "native/cuda/convolution.h"
#include "native/cuda/patches.h"
#include "native/cuda/warpgroup_ring.h"

namespace limpid::cuda {

constexpr int multiplying_threads = 2 * warpgroup_threads;
constexpr int convolution_threads = multiplying_threads + copying_threads;

// Of the staging of results: words of two channels. Rows begin four banks apart.
constexpr int value_pitch(int width) { return width / 2 + 4; }
constexpr int winner_pitch(int width) { return width / 4 + 2; }  // words of four channels

// What this block makes.
struct Place {
  int phase;
  int n, y, x;        // its first pixel, of the phase
  int first_channel;  // of the destination
};

struct alignas(8) EightWinners {
  uint32_t words[2];
};

// A row of the staging is a pixel of the tile, row by row; after a pool one of 8 x 4.
template <class Tile>
class Staging {
 public:
  __device__ Staging(const ConvolutionRun<Precision::bf16>& run, const Place& place)
      : run_(run), place_(place) {}

  // Fetches what is there if it is to be added to.
  __device__ void prepare() const {
    if (!run_.add) return;
    each_chunk([&](int row, int chunk, int64_t at) {
      const bool exists = at != absent;
      copy_async(chunk_at(row, chunk), run_.destination + (exists ? at : 0), exists);
    });
    commit_copies();
    wait_copies<0>();
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
    store_shared(word, round_pair_to_bf16(first, second));
  }
  __device__ void put_winners(int row, int four, uint32_t winners) const {
    store_shared(winner_words() + row * winner_pitch(width) + four, winners);
  }

  __device__ void store() const {
    __syncthreads();
    each_chunk([&](int row, int chunk, int64_t at) {
      if (at == absent) return;
      *reinterpret_cast<Chunk*>(run_.destination + at) = load_shared(chunk_at(row, chunk));
      if (!run_.winners) return;
      *reinterpret_cast<EightWinners*>(run_.winners + at) = load_shared(
          reinterpret_cast<const EightWinners*>(winner_words() + row * winner_pitch(width)) +
          chunk);
    });
  }

 private:
  static constexpr int width = Tile::width;

  static constexpr int64_t absent = -1;

  // Calls f(row, chunk, where its first value lies in the destination) for all.
  template <class F>
  __device__ void each_chunk(const F& f) const {
    constexpr int chunks = width / chunk_values;
    const Gather& gather = run_.gather;
    const int halved = run_.pooled ? 1 : 0;  // a shift: divisions would take as long as the stores
    const int across_bits = patch_tile_width_bits - halved;
    const int rows = gather.rows >> halved, cols = gather.cols >> halved;
    const int height = gather.destination.height >> halved;
    const int pitch = gather.destination.width >> halved;
    const int stored = stored_channels(gather.destination.channels);
    const Phase& phase = gather.phase[place_.phase];
    const int count = (Tile::pixels >> 2 * halved) * chunks;
    for (int i = int(threadIdx.x); i < count; i += convolution_threads) {
      const int row = i / chunks, chunk = i % chunks;
      const int y = (place_.y >> halved) + (row >> across_bits);
      const int x = (place_.x >> halved) + (row & ((1 << across_bits) - 1));
      const int channel = place_.first_channel + chunk * chunk_values;
      const int line = place_.n * height + y * gather.spread + phase.row;
      const int64_t pixel = int64_t(line) * pitch + x * gather.spread + phase.col;
      const bool exists = y < rows && x < cols && channel < stored;
      f(row, chunk, exists ? pixel * stored + channel : absent);
    }
  }

  __device__ static uint32_t* words() { return reinterpret_cast<uint32_t*>(block_memory()); }
  __device__ static uint32_t* winner_words() {
    return reinterpret_cast<uint32_t*>(block_memory() + Tile::winners_at);
  }
  __device__ static Chunk* chunk_at(int row, int chunk) {
    return reinterpret_cast<Chunk*>(words() + row * value_pitch(width) + chunk * 4);
  }

  const ConvolutionRun<Precision::bf16>& run_;
  const Place& place_;
};

}  // namespace limpid::cuda
