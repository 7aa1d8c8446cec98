// How the sums of warpgroup_convolution.cu leave: bias, activation and pool in registers; then four
// lanes that have two channels each of four chunks of a pixel exchange them, so that each has a
// whole chunk to store. No warp waits for another, so one's results leave while others multiply.
#pragma once

#include "native/cuda/convolution.h"
#include "native/cuda/eight.h"
#include "native/cuda/patches.h"

namespace limpid::cuda {

struct alignas(8) Two {  // neighbouring channels of a pixel
  float first, second;
};

// Where the half of a tile that this thread's warpgroup makes begins.
__device__ inline int own_half() {
  return int(threadIdx.x) / warpgroup_threads % 2 * (patch_tile_width / 2);
}

// What a tile makes.
struct Place {
  int phase;
  int n, y, x;        // its first pixel, of the phase
  int first_channel;  // of the destination
};

// Of four neighbouring lanes: word k of lane i becomes word i of lane k.
__device__ inline void transpose_words(uint32_t (&words)[4]) {
  const int lane = int(threadIdx.x);
  UNROLL for (int bit = 1; bit <= 2; bit *= 2) {
    const bool high = (lane & bit) != 0;
    UNROLL for (int low = 0; low < 4; ++low) {
      if (low & bit) continue;
      uint32_t &first = words[low], &second = words[low + bit];
      const uint32_t other = exchange(high ? first : second, bit);
      if (high) {
        first = other;
      } else {
        second = other;
      }
    }
  }
}

// The largest of a window's four, of which this thread has two, `above` and `below`, and the lane
// that differs in its fourth row bit the others. As everywhere the first of equals wins. Both lanes
// get it.
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

// The results of a thread of a pair of warpgroups, each of which has `width` channels of 8 x 8
// pixels, side by side; sums as multiply_add_tiles() leaves them. The biases, of all channels of
// all tiles, lie in shared memory: what lies elsewhere may be far while so much of it is taken.
template <int width, bool pooled>
class Results {
 public:
  using Run = ConvolutionRun<Precision::bf16>;
  using Sums = float[width / 2];

  __device__ Results(const Run& run, const Place& place, const Two* biases, const Sums& sums)
      : run_(run), place_(place), biases_(biases), sums_(sums) {}

  __device__ void store() const {
    if constexpr (pooled) {
      UNROLL for (int four = 0; four < fours; four += 2) store_pooled(four);
    } else {
      store_plain();
    }
  }

 private:
  static constexpr int chunks = width / chunk_values;
  static constexpr int fours = (chunks + 3) / 4;  // of chunks

  __device__ static int in_four() { return int(threadIdx.x) % 4; }
  __device__ static int column() { return int(threadIdx.x) % 32 / 4; }  // of the warpgroup's 8
  __device__ static int first_row() { return int(threadIdx.x) / 32 % 4 * 2; }
  __device__ static int pixel_across() { return own_half() + column(); }

  __device__ float finished(float value) const {
    const float below_zero = run_.activation == Activation::relu         ? 0
                             : run_.activation == Activation::leaky_relu ? run_.slope
                                                                         : 1;
    return value < 0 ? (below_zero == 0 ? 0 : below_zero * value) : value;
  }
  // Of the thread's upper pixel, or of the one below (`row` 1).
  __device__ Two two_of(int chunk, int row) const {
    const int channel = place_.first_channel + chunk * chunk_values + 2 * in_four();
    const float* const sums = sums_ + 4 * chunk + 2 * row;
    const Two bias = load_shared(biases_ + channel / 2);
    return {finished(sums[0] + bias.first), finished(sums[1] + bias.second)};
  }

  // Where in the destination the first of the tile's channels of a pixel of the phase lies; its
  // rows and columns, and those of the phase, are `halved`.
  struct Pixel {
    int64_t at;
    bool exists;
  };
  __device__ Pixel pixel_of(int y, int x, int halved) const {
    const Gather& gather = run_.gather;
    const Phase& phase = gather.phase[place_.phase];
    const int stored = stored_channels(gather.destination.channels);
    const int line =
        place_.n * (gather.destination.height >> halved) + y * gather.spread + phase.row;
    const int64_t pixel =
        int64_t(line) * (gather.destination.width >> halved) + x * gather.spread + phase.col;
    return {.at = pixel * stored + place_.first_channel,
            .exists = y < gather.rows >> halved && x < gather.cols >> halved};
  }
  __device__ bool exists(int chunk) const {
    const int channel = place_.first_channel + chunk * chunk_values;
    return chunk < chunks && channel < run_.gather.destination.channels;
  }
  __device__ Chunk* chunk_at(const Pixel& pixel, int chunk) const {
    return reinterpret_cast<Chunk*>(run_.destination + pixel.at) + chunk;
  }

  // Four chunks of a pixel, of which this lane stores `chunk` and has two channels each.
  __device__ void store_four(const Pixel& pixel, int four, int row) const {
    const int chunk = 4 * four + in_four();
    const bool stores = pixel.exists && exists(chunk);
    uint32_t words[4] = {};
    if (run_.add) {
      if (stores) {
        const Chunk before = *chunk_at(pixel, chunk);
        UNROLL for (int i = 0; i < 4; ++i) words[i] = before.words[i];
      }
      transpose_words(words);
    }
    UNROLL for (int i = 0; i < 4; ++i) {
      if (4 * four + i >= chunks) continue;
      Two two = two_of(4 * four + i, row);
      if (run_.add) {
        two.first += bits_to_float(words[i] << 16);
        two.second += bits_to_float(words[i] & 0xFFFF0000u);
      }
      words[i] = round_pair_to_bf16(two.first, two.second);
    }
    transpose_words(words);
    if (stores) *chunk_at(pixel, chunk) = {words[0], words[1], words[2], words[3]};
  }
  __device__ void store_plain() const {
    const int y = place_.y + first_row(), x = place_.x + pixel_across();
    const Pixel pixels[2] = {pixel_of(y, x, 0), pixel_of(y + 1, x, 0)};
    UNROLL for (int four = 0; four < fours; ++four) {  // both pixels while its biases are at hand
      UNROLL for (int row = 0; row < 2; ++row) store_four(pixels[row], four, row);
    }
  }

  // Both lanes that share a window have all its channels: each stores four chunks of eight.
  __device__ void store_pooled(int first_four) const {
    const int mine = first_four + column() % 2;
    uint32_t values[4] = {}, winners[4] = {};
    UNROLL for (int four = first_four; four < first_four + 2; ++four) {
      UNROLL for (int i = 0; i < 4; ++i) {
        if (4 * four + i >= chunks) continue;
        const Two above = two_of(4 * four + i, 0), below = two_of(4 * four + i, 1);
        const Pooled first = pool(above.first, below.first, column() % 2);
        const Pooled second = pool(above.second, below.second, column() % 2);
        if (four != mine) continue;
        values[i] = round_pair_to_bf16(first.value, second.value);
        winners[i] = first.winner | second.winner << 8;
      }
    }
    const int y = (place_.y + first_row()) / 2, x = (place_.x + pixel_across()) / 2;
    const Pixel pixel = pixel_of(y, x, 1);
    const int chunk = 4 * mine + in_four();
    const bool stores = pixel.exists && exists(chunk);
    transpose_words(values);
    if (stores) *chunk_at(pixel, chunk) = {values[0], values[1], values[2], values[3]};
    if (!run_.winners) return;
    transpose_words(winners);
    if (!stores) return;
    *(reinterpret_cast<EightWinners*>(run_.winners + pixel.at) +
      chunk) = {{winners[0] | winners[1] << 16, winners[2] | winners[3] << 16}};
  }

  struct alignas(8) EightWinners {
    uint32_t words[2];
  };

  const Run& run_;
  const Place& place_;
  const Two* const biases_;
  const Sums& sums_;
};

}  // namespace limpid::cuda
