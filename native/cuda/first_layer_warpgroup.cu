// Forward by products of warpgroups: pixels x (taps x source channels, and the bias) and that depth
// x channels. A block keeps the weights of its channels in shared memory and takes strips of the
// picture: two rows of 64 pixels, whose depths it lays out once for all channels. The four sums of
// a pooling window lie in one thread, with eight neighbouring channels beside them. They are
// rounded first and compared two channels at once: few instructions are as dear as those for each
// sum.
#include <algorithm>
#include <cassert>

#include "native/cuda/eight.h"
#include "native/cuda/first_layer_taps.h"
#include "native/cuda/first_layer_warpgroup.h"

namespace limpid::cuda {
namespace {

constexpr int threads = warpgroup_threads;
template <int side>
constexpr int blocks_on_sm = side == 3 ? 4 : 3;    // a thread holds the taps of its next pixel too
constexpr int strip_windows = warpgroup_rows / 2;  // of 2 x 2 pixels, side by side
constexpr int product_channels = 64;
constexpr int most_products = 4;  // with channels of one block
constexpr int tile_chunks = 64 * tile_row_chunks;
constexpr int stored_source = 8;  // channels of a pixel, or of a weight's tap

// The depth in words of two values. Of up to three source channels the first two make a word for
// each tap, unless there is one channel; what is left over lies two taps to a word, the last with
// the first part of the bias. Of four, the two words of each tap, then the bias.
template <int side, int channels>
struct Depth {
  static_assert(channels == 1 || channels == 3 || channels == 4);
  static constexpr int taps = side * side;
  static constexpr int whole = channels == 4 ? 2 * taps : channels == 3 ? taps : 0;
  static constexpr int words = whole + (channels == 4 ? 2 : taps / 2 + 2);
  static constexpr int chunks = (words + 7) / 8 * 2;  // whole steps of a product's depth
  static constexpr int tiles = (chunks + tile_row_chunks - 1) / tile_row_chunks;
};

struct Strips {
  int across = 1, down = 1, count = 1;  // of a picture; of all pictures
};

// A row of a tile: the taps of a pixel or of a channel's weights; bias: two parts and the third.
template <int side, int channels>
__device__ void lay_out(const Four (&taps)[side * side], const Four& bias, Chunk* tiles, int row) {
  using Depth = Depth<side, channels>;
  uint32_t words[Depth::chunks * 4] = {};
  if constexpr (channels == 4) {
    UNROLL for (int i = 0; i < Depth::taps; ++i) {
      words[2 * i] = taps[i].words[0], words[2 * i + 1] = taps[i].words[1];
    }
    words[Depth::whole] = bias.words[0], words[Depth::whole + 1] = bias.words[1];
  } else {
    constexpr int left_over = channels / 2;  // the word that has it, with zero behind
    UNROLL for (int i = 0; i < Depth::whole; ++i) words[i] = taps[i].words[0];
    UNROLL for (int i = 0; i < Depth::taps / 2; ++i) {
      words[Depth::whole + i] = taps[2 * i].words[left_over] | taps[2 * i + 1].words[left_over]
                                                                   << 16;
    }
    words[Depth::words - 2] = taps[Depth::taps - 1].words[left_over] | bias.words[1] << 16;
    words[Depth::words - 1] = bias.words[0];
  }
  UNROLL for (int i = 0; i < Depth::chunks; ++i) {
    store_shared(tiles + i / tile_row_chunks * tile_chunks + tile_place(row, i % tile_row_chunks),
                 Chunk{{words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]}});
  }
}

// Columns 8 j + 2 t and 8 j + 2 t + 1 of a product are channels 32 (j / 4) + 8 t + 2 (j % 4) and
// the next: thread t of four has eight neighbours in j = 0..3, eight in j = 4..7.
__device__ int channel_of_column(int column) {
  return column / 32 * 32 + column % 8 / 2 * 8 + column / 8 % 4 * 2 + column % 2;
}

template <int side, int channels>
__device__ void load_weights(const FirstLayerRun& run, int first_channel, int products,
                             Chunk* weights) {
  using Depth = Depth<side, channels>;
  for (int row = int(threadIdx.x); row < products * product_channels; row += threads) {
    const int product = row / product_channels, column = row % product_channels;
    const int channel = first_channel + product * product_channels + channel_of_column(column);
    const bool inside = channel < run.layer.channels;
    const Bf16* const from = run.kernel + size_t(channel) * Depth::taps * stored_source;
    Four taps[Depth::taps];
    UNROLL for (int i = 0; i < Depth::taps; ++i) {
      taps[i] = inside ? *reinterpret_cast<const Four*>(from + i * stored_source) : Four{};
    }
    lay_out<side, channels>(taps, split_in_bf16(inside ? run.bias[channel] : 0),
                            weights + product * Depth::tiles * tile_chunks, column);
  }
}

// Where a strip lies: its picture, and its first window there. Past the last one the picture is
// none.
struct Place {
  int picture, y, x;
};
__device__ Place place_of(const Strips& strips, int strip) {
  const int of_picture = strip % (strips.across * strips.down);
  return {strip / (strips.across * strips.down), of_picture / strips.across,
          of_picture % strips.across * strip_windows};
}

// A thread's pixel of a strip with what the kernel has of its neighbours, zeros beside the picture
// and past the last strip. Rows g and g + 8 of each 16 of the first product are the upper left and
// right pixels of a window, those of the second product the lower.
template <int side>
__device__ void load_taps(const FirstLayerRun& run, const Place& place, Four (&taps)[side * side]) {
  const Shape& input = run.layer.input;
  const int row = int(threadIdx.x) % warpgroup_rows;
  const int of_y = 2 * place.y + int(threadIdx.x) / warpgroup_rows;
  const int of_x = 2 * (place.x + row / 16 * 8 + row % 8) + row / 8 % 2;
  const int y = of_y * run.layer.stride - run.layer.pad();
  const int x = of_x * run.layer.stride - run.layer.pad();
  const Bf16* const at = run.source + size_t(place.picture) * stored_values(input) +
                         (int64_t(y) * input.width + x) * stored_source;
  UNROLL for (int i = 0; i < side * side; ++i) {
    const bool inside = place.picture < run.n && unsigned(y + i / side) < unsigned(input.height) &&
                        unsigned(x + i % side) < unsigned(input.width);
    const int on = (i / side * input.width + i % side) * stored_source;
    taps[i] = inside ? *reinterpret_cast<const Four*>(at + on) : Four{};
  }
}

using Sums = float[2][product_channels / 2];  // of the windows' upper and of their lower pixels

// Of two channels: the pixels of a window, row by row, and the larger ones of each row.
template <bool relu>
struct Pixels {
  uint32_t at[4], upper, lower;

  __device__ Pixels(const Sums& sums, int pair) {
    UNROLL for (int j = 0; j < 4; ++j) {
      const float* const two = sums[j / 2] + 4 * pair + j % 2 * 2;
      at[j] =
          relu ? round_rectified_pair_to_bf16(two[0], two[1]) : round_pair_to_bf16(two[0], two[1]);
    }
    upper = larger_pair(at[0], at[1]), lower = larger_pair(at[2], at[3]);
  }

  // In the highest bits of both halves: whether the largest is one of the lower two, and whether it
  // is a right one. The first of equals wins.
  __device__ uint32_t is_low() const { return subtract_pairs(upper, lower); }
  __device__ uint32_t is_right() const {
    const uint32_t low = is_low();
    return (low & subtract_pairs(at[2], at[3])) | (~low & subtract_pairs(at[0], at[1]));
  }
};

// Of four channels, whose largest pixels are `values`.
template <bool relu>
__device__ uint32_t places_of(const Pixels<relu>* two, const uint32_t* values) {
  constexpr uint32_t each_byte = 0x01010101u;
  constexpr uint32_t highest_bits = 0x80008000u;  // stay where zero is subtracted
  const uint32_t places =
      (signs_of_pairs(two[0].is_right(), two[1].is_right()) & place_step * each_byte) |
      (signs_of_pairs(two[0].is_low(), two[1].is_low()) & 2 * place_step * each_byte);
  if (!relu) return places;
  return places | (signs_of_pairs(highest_bits - values[0], highest_bits - values[1]) &
                   no_place * each_byte);
}

// Eight channels of a window, whose pixels begin at `at`; of their row `across` are in the picture,
// and `down` rows.
template <bool pooled, bool relu>
__device__ void finish(const FirstLayerRun& run, const Sums& sums, int half, size_t at, int across,
                       int down) {
  const Pixels<relu> pixels[4] = {
      {sums, 4 * half}, {sums, 4 * half + 1}, {sums, 4 * half + 2}, {sums, 4 * half + 3}};
  if constexpr (pooled) {
    Chunk values;
    UNROLL for (int i = 0; i < 4; ++i) {
      values.words[i] = larger_pair(pixels[i].upper, pixels[i].lower);
    }
    Four places;
    if (run.places) {
      places = {places_of(pixels, values.words), places_of(pixels + 2, values.words + 2)};
    }
    if (across <= 0) return;
    *reinterpret_cast<Chunk*>(run.destination + at) = values;
    if (run.places) *reinterpret_cast<Four*>(run.places + at) = places;
  } else {
    const size_t stored = size_t(stored_channels(run.layer.channels));
    UNROLL for (int j = 0; j < 4; ++j) {
      if (j % 2 >= across || j / 2 >= down) continue;
      const size_t on = (size_t(j / 2) * run.layer.width() + j % 2) * stored;
      *reinterpret_cast<Chunk*>(run.destination + at + on) = {
          {pixels[0].at[j], pixels[1].at[j], pixels[2].at[j], pixels[3].at[j]}};
    }
  }
}

template <int side, int channels>
__device__ void multiply(const Chunk* pixels, const Chunk* weights, Sums& sums) {
  using Depth = Depth<side, channels>;
  const TileOperand all_pixels = TileView{pixels}, all_weights = TileView{weights};
  begin_products();
  UNROLL for (int row = 0; row < 2; ++row) {
    UNROLL for (int i = 0; i < Depth::chunks; i += product_depth / chunk_values) {
      const int on = i / tile_row_chunks * tile_chunks + i % tile_row_chunks;
      const TileOperand a =
          all_pixels + (row * Depth::tiles * tile_chunks + on) * int(sizeof(Chunk));
      const TileOperand b = all_weights + on * int(sizeof(Chunk));
      if (i == 0) {
        multiply_tiles<product_channels, TileOrder::along>(sums[row], a, b);
      } else {
        multiply_add_tiles<product_channels, TileOrder::along>(sums[row], a, b);
      }
    }
  }
  commit_products();
  wait_products(sums[0]);
  wait_products(sums[1]);
}

template <int side, int channels, bool pooled, bool relu>
__global__ void __launch_bounds__(threads, blocks_on_sm<side>)
    convolve_strips(const __grid_constant__ FirstLayerRun run, Strips strips) {
  using Depth = Depth<side, channels>;
  constexpr int size = pooled ? 1 : 2;  // pixels on a window's side, in the destination
  const FirstLayer& layer = run.layer;
  const int first_channel = int(blockIdx.y) * most_products * product_channels;
  const int left_channels = layer.channels - first_channel;
  const int products = left_channels < most_products * product_channels
                           ? (left_channels + product_channels - 1) / product_channels
                           : most_products;
  Chunk* const weights = reinterpret_cast<Chunk*>(block_memory());
  Chunk* const pixels = weights + products * Depth::tiles * tile_chunks;
  load_weights<side, channels>(run, first_channel, products, weights);
  const int warp = int(threadIdx.x) / 32, lane = int(threadIdx.x) % 32, g = lane / 4, t = lane % 4;
  const int height = pooled ? layer.height() / 2 : layer.height();
  const int width = pooled ? layer.width() / 2 : layer.width();
  const int stored = stored_channels(layer.channels);
  Four taps[Depth::taps];
  Place next = place_of(strips, int(blockIdx.x));
  load_taps<side>(run, next, taps);
  for (int strip = int(blockIdx.x); strip < strips.count; strip += int(gridDim.x)) {
    const Place place = next;
    __syncthreads();  // for those whose products still read
    lay_out<side, channels>(taps, {bf16_one | bf16_one << 16, bf16_one},
                            pixels + int(threadIdx.x) / warpgroup_rows * Depth::tiles * tile_chunks,
                            int(threadIdx.x) % warpgroup_rows);
    fence_products();
    __syncthreads();
    next = place_of(strips, strip + int(gridDim.x));
    load_taps<side>(run, next, taps);
    const int x = size * (place.x + 8 * warp + g), y = size * place.y;
    const size_t at = ((size_t(place.picture) * height + y) * width + x) * stored;
    for (int product = 0; product < products; ++product) {
      Sums sums;
      multiply<side, channels>(pixels, weights + product * Depth::tiles * tile_chunks, sums);
      UNROLL for (int half = 0; half < 2; ++half) {
        const int channel = first_channel + product * product_channels + 32 * half + 8 * t;
        const int across = channel < stored ? width - x : 0;
        finish<pooled, relu>(run, sums, half, at + channel, across, height - y);
      }
    }
  }
}

template <int side, int channels>
void launch_strips(DeviceStream& stream, const FirstLayerRun& run) {
  using Depth = Depth<side, channels>;
  const FirstLayer& layer = run.layer;
  const bool relu = layer.activation == Activation::relu;
  const auto kernel = layer.pooled ? relu ? convolve_strips<side, channels, true, true>
                                          : convolve_strips<side, channels, true, false>
                      : relu ? convolve_strips<side, channels, false, true>
                                   : convolve_strips<side, channels, false, false>;
  Strips strips{.across = (layer.width() + 2 * strip_windows - 1) / (2 * strip_windows),
                .down = (layer.height() + 1) / 2};
  strips.count = strips.across * strips.down * run.n;
  const int products = (layer.channels + product_channels - 1) / product_channels;
  const int channel_blocks = (products + most_products - 1) / most_products;
  const int wanted = std::max(1, blocks_on_sm<side> * stream.multiprocessors() / channel_blocks);
  const int tiles = (std::min(products, most_products) + 2) * Depth::tiles;
  launch(stream, "first layer by warpgroups",
         {.grid = {unsigned(std::min(strips.count, wanted)), unsigned(channel_blocks)},
          .block = {threads},
          .shared_bytes = size_t(tiles) * tile_chunks * sizeof(Chunk)},
         kernel, run, strips);
}

template <int side>
void launch_side(DeviceStream& stream, const FirstLayerRun& run) {
  const int channels = run.layer.input.channels;
  if (channels == 1) {
    launch_strips<side, 1>(stream, run);
  } else if (channels == 4) {
    launch_strips<side, 4>(stream, run);
  } else {
    launch_strips<side, 3>(stream, run);
  }
}

}  // namespace

bool suits_first_layer_warpgroups(const DeviceStream& stream, const FirstLayer& layer) {
  return stream.has_warpgroups() &&
         (layer.activation == Activation::relu || layer.activation == Activation::linear);
}

void run_first_layer_warpgroups(DeviceStream& stream, const FirstLayerRun& run) {
  assert(is_first_layer(run.layer));
  if (run.layer.side == 3) {
    launch_side<3>(stream, run);
  } else {
    launch_side<5>(stream, run);
  }
}

}  // namespace limpid::cuda
