// Forward: a product of pixels x (taps x four channels) and (taps x four channels) x channels. The
// weights stay in registers; the pixels come from a patch of the picture in shared memory; the sums
// of a pooling window lie in one thread, which has eight neighbouring channels of it: what is
// stored goes there from registers, 16 bytes at a time.
#include <cassert>

#include "native/cuda/eight.h"
#include "native/cuda/first_layer.h"
#include "native/cuda/first_layer_taps.h"
#include "native/cuda/first_layer_warpgroup.h"

namespace limpid::cuda {
namespace {

constexpr int block_threads = 256;
constexpr int tile_rows = 32, tile_cols = 64;  // pixels that a block makes
constexpr int unit_windows = 8;                // of 2 x 2 pixels, side by side: a warp's step
constexpr int units_across = tile_cols / 2 / unit_windows;

// The patch: the pixels of a block's, and how far its rows lie apart, those of a kernel in
// different banks.
constexpr int patch_side(int pixels, int side, int stride) { return (pixels - 1) * stride + side; }
template <int stride>
constexpr int patch_pitch = tile_cols* stride + 9;

// A step of a product's depth is four taps, one for each lane of four. Odd squares leave three over
// in the last step; the first of them is the bias.
template <int side>
constexpr int depth_steps = side* side / 4 + 1;

// Channels of a block, in groups of 32: as many as registers have room for.
template <int side>
constexpr int groups = side == 3 ? 2 : 1;

struct Tiles {
  int across = 1, down = 1;
  int channel_blocks = 1;
};

template <int side>
__device__ Four weights_of(const FirstLayerRun& run, int channel, int tap) {
  if (channel >= run.layer.channels || tap > side * side) return {};
  if (tap == side * side) return split_in_bf16(run.bias[channel]);
  const size_t at = size_t(channel) * side * side + tap;
  return *reinterpret_cast<const Four*>(run.kernel +
                                        at * stored_channels(run.layer.input.channels));
}

// Zeros beside the picture.
template <int side, int stride>
__device__ void load_patch(const FirstLayerRun& run, int first_y, int first_x, Four* patch) {
  constexpr int cols = patch_side(tile_cols, side, stride);
  constexpr int pixels = patch_side(tile_rows, side, stride) * cols;
  constexpr int passes = (pixels + block_threads - 1) / block_threads;
  const Shape& input = run.layer.input;
  const int stored = stored_channels(input.channels);
  const Bf16* const picture = run.source + blockIdx.y * stored_values(input);
  Four values[passes];
  UNROLL for (int i = 0; i < passes; ++i) {
    const int pixel = int(threadIdx.x) + i * block_threads;
    const int y = first_y + pixel / cols, x = first_x + pixel % cols;
    const bool inside = pixel < pixels && y >= 0 && y < input.height && x >= 0 && x < input.width;
    const size_t at = (size_t(y) * input.width + x) * stored;
    values[i] = inside ? *reinterpret_cast<const Four*>(picture + at) : Four{};
  }
  UNROLL for (int i = 0; i < passes; ++i) {
    const int pixel = int(threadIdx.x) + i * block_threads;
    if (pixel < pixels)
      store_shared(patch + pixel / cols * patch_pitch<stride> + pixel % cols, values[i]);
  }
}

// Of four values the first largest, and its place, shifted to its byte of a word. Only the first is
// rectified: none but a positive one is above what is not negative.
template <bool relu>
__device__ float pool(const FirstLayer& layer, const float (&x)[4], int shift, uint32_t& place) {
  float best =
      relu ? activate(Activation::relu, 0, x[0]) : activate(layer.activation, layer.slope, x[0]);
  place = 0;
  UNROLL for (uint32_t j = 1; j < 4; ++j) {
    const float value = relu ? x[j] : activate(layer.activation, layer.slope, x[j]);
    const bool above = value > best;
    best = above ? value : best;
    place = above ? j * place_step << shift : place;
  }
  if (relu && best <= 0) place = uint32_t(no_place) << shift;
  return best;
}

// What a warp's step makes of eight windows: with a pool all of it, else one row of pixels.
template <bool pooled>
constexpr int rows_at_once = pooled ? 2 : 1;

// Eight channels: of the window's largest values, or of the two pixels.
template <bool pooled>
struct Results {
  static constexpr int pixels = pooled ? 1 : 2;
  Chunk values[pixels];
  uint32_t places[2];
};

// Channels channel, channel + 1 as pair number `pair` of eight. sums: of each row, left and right,
// as mma gives them.
template <bool pooled, bool relu>
__device__ void finish(const FirstLayer& layer, const float (&sums)[rows_at_once<pooled>][4],
                       int channel, int pair, Results<pooled>& results) {
  float values[Results<pooled>::pixels][2];
  UNROLL for (int i = 0; i < 2; ++i) {
    if constexpr (pooled) {
      const float x[4] = {sums[0][i], sums[0][2 + i], sums[1][i], sums[1][2 + i]};
      uint32_t place;
      values[0][i] = pool<relu>(layer, x, 16 * (pair % 2) + 8 * i, place);
      results.places[pair / 2] |= place;
    } else {
      UNROLL for (int j = 0; j < 2; ++j) {
        const float x = sums[0][2 * j + i];
        values[j][i] =
            relu ? activate(Activation::relu, 0, x) : activate(layer.activation, layer.slope, x);
      }
    }
    UNROLL for (int j = 0; j < Results<pooled>::pixels; ++j) {  // rectified, what is absent is zero
      if (!relu && channel + i >= layer.channels) values[j][i] = 0;
    }
  }
  UNROLL for (int j = 0; j < Results<pooled>::pixels; ++j) {
    results.values[j].words[pair] = round_pair_to_bf16(values[j][0], values[j][1]);
  }
}

// at: of the first pixel. Of its row `left` pixels are in the picture from there on.
template <bool pooled>
__device__ void store(const FirstLayerRun& run, size_t at, int left,
                      const Results<pooled>& results) {
  UNROLL for (int j = 0; j < Results<pooled>::pixels; ++j) {
    if (j >= left) continue;
    const size_t to = at + size_t(j) * stored_channels(run.layer.channels);
    *reinterpret_cast<Chunk*>(run.destination + to) = results.values[j];
  }
  if (!pooled || !run.places || left <= 0) return;
  *reinterpret_cast<Four*>(run.places + at) = {results.places[0], results.places[1]};
}

// The left sides of products, of each row of pixels from `from` on. Behind the taps there are ones
// for the three parts of the bias.
template <int side, int stride, int rows>
__device__ void load_pixels(const Four* from, const int (&at_tap)[depth_steps<side>],
                            uint32_t (&pixels)[rows][depth_steps<side>][4]) {
  constexpr int steps = depth_steps<side>;
  const int t = int(threadIdx.x) % 4;
  const Four behind_taps = t == 1 ? Four{bf16_one | bf16_one << 16, bf16_one} : Four{};
  UNROLL for (int s = 0; s < steps; ++s) {
    UNROLL for (int i = 0; i < rows; ++i) {
      const Four* const at = from + i * stride * patch_pitch<stride> + at_tap[s];
      const bool is_tap = s + 1 < steps || t == 0;
      const Four left = is_tap ? load_shared(at) : behind_taps;
      const Four right = is_tap ? load_shared(at + stride) : behind_taps;
      pixels[i][s][0] = left.words[0], pixels[i][s][2] = left.words[1];
      pixels[i][s][1] = right.words[0], pixels[i][s][3] = right.words[1];
    }
  }
}

// A lane is (g, t) = (lane / 4, lane % 4). Rows g and g + 8 of a product are the left and the right
// pixel of window g, in one of its rows. Columns 2 t and 2 t + 1 of four products are channels
// 8 t .. 8 t + 7 of 32.
template <int side, int stride, bool pooled, bool relu>
__global__ void __launch_bounds__(block_threads, side == 3 ? 2 : 1)
    convolve_picture(const __grid_constant__ FirstLayerRun run, Tiles tiles) {
  constexpr int steps = depth_steps<side>, rows = rows_at_once<pooled>, shrink = rows;
  Four* const patch = reinterpret_cast<Four*>(block_memory());
  const int tile = int(blockIdx.x) / tiles.channel_blocks;
  const int channels = int(blockIdx.x) % tiles.channel_blocks * 32 * groups<side>;
  const int tile_y = tile / tiles.across * tile_rows, tile_x = tile % tiles.across * tile_cols;
  load_patch<side, stride>(run, tile_y * stride - run.layer.pad(),
                           tile_x * stride - run.layer.pad(), patch);
  const int lane = int(threadIdx.x) % 32, g = lane / 4, t = lane % 4;
  Four weights[groups<side>][4][steps];
  int at_tap[steps];
  UNROLL for (int s = 0; s < steps; ++s) {
    const int tap = 4 * s + t;
    at_tap[s] = tap / side * patch_pitch<stride> + tap % side + 2 * stride * g;
    UNROLL for (int j = 0; j < groups<side> * 4; ++j) {
      const int channel = channels + j / 4 * 32 + g / 2 * 8 + j % 4 * 2 + g % 2;
      weights[j / 4][j % 4][s] = weights_of<side>(run, channel, tap);
    }
  }
  __syncthreads();
  const int warp = int(threadIdx.x) / 32, col = warp % units_across * 2 * unit_windows;
  if (tile_x + col >= run.layer.width()) return;
  const int height = run.layer.height() / shrink, width = run.layer.width() / shrink;
  const int stored = stored_channels(run.layer.channels);
  const int x = (tile_x + col) / shrink + Results<pooled>::pixels * g;
  constexpr int next_row = block_threads / 32 / units_across * rows;
  const int first_row = warp / units_across * rows;
  size_t at = (size_t(blockIdx.y) * height + (tile_y + first_row) / shrink) * width + x;
  at = at * stored + channels + 8 * t;
  for (int row = first_row; row < tile_rows; row += next_row) {
    if (tile_y + row >= run.layer.height()) return;
    uint32_t pixels[rows][steps][4];
    load_pixels<side, stride>(patch + stride * (row * patch_pitch<stride> + col), at_tap, pixels);
    UNROLL for (int group = 0; group < groups<side>; ++group) {
      const int channel = channels + 32 * group + 8 * t;
      if (channels + 32 * group >= run.layer.channels) break;
      Results<pooled> results = {};
      UNROLL for (int pair = 0; pair < 4; ++pair) {
        float sums[rows][4] = {};
        UNROLL for (int s = 0; s < steps; ++s) {
          UNROLL for (int i = 0; i < rows; ++i) {
            multiply_add_bf16(sums[i], pixels[i][s], weights[group][pair][s].words);
          }
        }
        finish<pooled, relu>(run.layer, sums, channel + 2 * pair, pair, results);
      }
      if (channel < stored) store(run, at + 32 * group, width - x, results);
    }
    at += size_t(next_row / shrink) * width * stored;
  }
}

template <int side, int stride>
void launch_first_layer(DeviceStream& stream, const FirstLayerRun& run) {
  const FirstLayer& layer = run.layer;
  const bool relu = layer.activation == Activation::relu;
  auto kernel = relu ? convolve_picture<side, stride, false, true>
                     : convolve_picture<side, stride, false, false>;
  if constexpr (stride == 1) {
    if (layer.pooled) {
      kernel =
          relu ? convolve_picture<side, 1, true, true> : convolve_picture<side, 1, true, false>;
    }
  }
  const Tiles tiles{
      .across = (layer.width() + tile_cols - 1) / tile_cols,
      .down = (layer.height() + tile_rows - 1) / tile_rows,
      .channel_blocks = (layer.channels + 32 * groups<side> - 1) / (32 * groups<side>)};
  launch(stream, "first layer",
         {.grid = {unsigned(tiles.across * tiles.down * tiles.channel_blocks), unsigned(run.n)},
          .block = {block_threads},
          .shared_bytes =
              size_t(patch_side(tile_rows, side, stride)) * patch_pitch<stride> * sizeof(Four)},
         kernel, run, tiles);
}

template <int side>
void launch_side(DeviceStream& stream, const FirstLayerRun& run) {
  if (run.layer.stride == 1) {
    launch_first_layer<side, 1>(stream, run);
  } else {
    launch_first_layer<side, 2>(stream, run);
  }
}

}  // namespace

void run_first_layer(DeviceStream& stream, const FirstLayerRun& run) {
  assert(is_first_layer(run.layer));
  if (suits_first_layer_warpgroups(stream, run.layer))
    return run_first_layer_warpgroups(stream, run);
  if (run.layer.side == 3) {
    launch_side<3>(stream, run);
  } else {
    launch_side<5>(stream, run);
  }
}

}  // namespace limpid::cuda
