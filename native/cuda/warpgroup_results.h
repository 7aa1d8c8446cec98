// How the sums of a tile (warpgroup_tiles.h) leave: bias, activation and pool in registers; then
// four lanes that have two channels each of four chunks of a pixel exchange them, so that each has
// a whole chunk to store. No warp waits for another, so one's results leave while others multiply.
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
      : run_(run),
        place_(place),
        biases_(biases + unsigned(place.first_channel) / 2 + in_four()),
        sums_(sums) {}

  // The activation is none that takes long. What an end does not need is left out of it: else few
  // sums would take as many instructions as their products' time has room for.
  __device__ void store() const {
    if (!pooled && run_.add) return store_as<Activation::leaky_relu, true>();
    switch (run_.activation) {
      case Activation::relu: return store_as<Activation::relu, false>();
      case Activation::leaky_relu: return store_as<Activation::leaky_relu, false>();
      default: return store_as<Activation::linear, false>();
    }
  }

 private:
  static constexpr int chunks = width / chunk_values;
  static constexpr int fours = (chunks + 3) / 4;  // of chunks

  __device__ static int in_four() { return int(threadIdx.x) % 4; }
  __device__ static int column() { return int(threadIdx.x) % 32 / 4; }  // of the warpgroup's 8
  __device__ static int first_row() { return int(threadIdx.x) / 32 % 4 * 2; }
  __device__ static int pixel_across() { return own_half() + column(); }

  template <Activation activation, bool adds>
  __device__ void store_as() const {
    if constexpr (pooled) {
      UNROLL for (int four = 0; four < fours; four += 2) store_pooled<activation>(four);
    } else {
      store_plain<activation, adds>();
    }
  }

  // Of the thread's upper pixel, or of the one below (`row` 1), before the activation.
  __device__ Two two_of(int chunk, int row) const {
    const float* const sums = sums_ + 4 * chunk + 2 * row;
    const Two bias = load_shared(biases_ + chunk * chunk_values / 2);
    return {sums[0] + bias.first, sums[1] + bias.second};
  }

  // Where the chunk of a pixel that this lane stores first lies in `run_.destination`, and behind
  // it, four further each time, the others; how many of the tile's chunks exist, of this pixel. Its
  // rows and columns, and those of the phase, are `halved`.
  struct Pixel {
    int64_t at;
    int chunks;
  };
  __device__ Pixel pixel_of(int y, int x, int halved) const {
    const Gather& gather = run_.gather;
    const Phase& phase = gather.phase[place_.phase];
    const int stored = stored_channels(gather.destination.channels);
    const int line =
        place_.n * (gather.destination.height >> halved) + y * gather.spread + phase.row;
    const int64_t pixel =
        int64_t(line) * (gather.destination.width >> halved) + x * gather.spread + phase.col;
    const bool exists = y < gather.rows >> halved && x < gather.cols >> halved;
    const int left = int(unsigned(stored - place_.first_channel) / chunk_values);
    return {.at = pixel * stored + place_.first_channel + in_four() * chunk_values,
            .chunks = exists ? (left < chunks ? left : chunks) : 0};
  }

  // Four chunks of a pixel, of which this lane stores one and has two channels each. With what is
  // there: through any activation.
  template <Activation activation, bool adds>
  __device__ void store_four(const Pixel& pixel, int four, int row) const {
    Chunk* const to = reinterpret_cast<Chunk*>(run_.destination + pixel.at) + 4 * four;
    const bool stores = 4 * four + in_four() < pixel.chunks;
    uint32_t words[4] = {};
    if constexpr (adds) {
      if (stores) {
        const Chunk before = *to;
        UNROLL for (int i = 0; i < 4; ++i) words[i] = before.words[i];
      }
      transpose_words(words);
    }
    UNROLL for (int i = 0; i < 4; ++i) {
      if (4 * four + i >= chunks) continue;
      Two two = two_of(4 * four + i, row);
      if constexpr (adds) {
        two.first = activate(run_.activation, run_.slope, two.first);
        two.second = activate(run_.activation, run_.slope, two.second);
        two.first += bits_to_float(words[i] << 16);
        two.second += bits_to_float(words[i] & 0xFFFF0000u);
      } else if constexpr (activation == Activation::leaky_relu) {
        two.first = activate(activation, run_.slope, two.first);
        two.second = activate(activation, run_.slope, two.second);
      }
      words[i] = !adds && activation == Activation::relu
                     ? round_rectified_pair_to_bf16(two.first, two.second)
                     : round_pair_to_bf16(two.first, two.second);
    }
    transpose_words(words);
    if (stores) *to = {words[0], words[1], words[2], words[3]};
  }
  template <Activation activation, bool adds>
  __device__ void store_plain() const {
    const int y = place_.y + first_row(), x = place_.x + pixel_across();
    const Pixel pixels[2] = {pixel_of(y, x, 0), pixel_of(y + 1, x, 0)};
    UNROLL for (int four = 0; four < fours; ++four) {  // both pixels while its biases are at hand
      UNROLL for (int row = 0; row < 2; ++row) {
        store_four<activation, adds>(pixels[row], four, row);
      }
    }
  }

  // Both lanes that share a window have all its channels: each stores four chunks of eight.
  template <Activation activation>
  __device__ void store_pooled(int first_four) const {
    const int mine = first_four + column() % 2;
    uint32_t values[4] = {}, winners[4] = {};
    UNROLL for (int four = first_four; four < first_four + 2; ++four) {
      UNROLL for (int i = 0; i < 4; ++i) {
        if (4 * four + i >= chunks) continue;
        const Two above = two_of(4 * four + i, 0), below = two_of(4 * four + i, 1);
        const auto ended = [&](float value) { return activate(activation, run_.slope, value); };
        const Pooled first = pool(ended(above.first), ended(below.first), column() % 2);
        const Pooled second = pool(ended(above.second), ended(below.second), column() % 2);
        if (four != mine) continue;
        values[i] = round_pair_to_bf16(first.value, second.value);
        winners[i] = first.winner | second.winner << 8;
      }
    }
    const int y = (place_.y + first_row()) / 2, x = (place_.x + pixel_across()) / 2;
    const Pixel pixel = pixel_of(y, x, 1);
    const int64_t at = pixel.at + 4 * mine * chunk_values;
    const bool stores = 4 * mine + in_four() < pixel.chunks;
    transpose_words(values);
    if (stores) {
      *reinterpret_cast<Chunk*>(run_.destination + at) = {values[0], values[1], values[2],
                                                          values[3]};
    }
    if (!run_.winners) return;
    transpose_words(winners);
    if (!stores) return;
    *reinterpret_cast<EightWinners*>(run_.winners + at) = {
        {winners[0] | winners[1] << 16, winners[2] | winners[3] << 16}};
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
