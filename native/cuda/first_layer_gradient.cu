// Gradients by the kernel and the bias: a product of channels x pixels and pixels x (taps x source
// channels, and a one). The left side, the gradient before pool and activation, is made in
// registers of what was stored after them; the right side is read from a patch of the picture in
// shared memory. Each block sums a part of one picture.
#include <algorithm>
#include <cassert>

#include "native/cuda/first_layer_windows.h"

namespace limpid::cuda {
namespace {

constexpr int block_columns = 32;
constexpr int group_sums = group_channels * block_columns;
constexpr int largest_side = 5;
// Words; what a warp reads at once lies in up to 2 rows of banks.
constexpr int plane_pitch(int stride) { return stride == 1 ? 39 : 35; }

struct Parts : WindowParts {
  int channel_groups = 1, column_blocks = 1;
};

int columns_of(const FirstLayer& layer) { return layer.side * layer.side * layer.input.channels; }

// By the layer alone, so that sums have one order everywhere. Four tiles for a block, but eight
// parts if there can be, so that a batch of small pictures fills a large GPU.
Parts parts_of(const FirstLayer& layer) {
  Parts parts;
  const int shrink = layer.pooled ? 2 : 1;
  parts.height = layer.height() / shrink, parts.width = layer.width() / shrink;
  parts.stored = stored_channels(layer.channels);
  parts.tile_rows /= layer.stride;  // a patch has as many rows
  parts.tiles_across = (layer.width() + 2 * tile_cols - 1) / (2 * tile_cols);
  parts.tiles =
      parts.tiles_across * ((layer.height() + 2 * parts.tile_rows - 1) / (2 * parts.tile_rows));
  parts.of_picture = std::clamp(parts.tiles / 4, std::min(parts.tiles, 8), 64);
  parts.channel_groups = (layer.channels + group_channels - 1) / group_channels;
  parts.groups = parts.channel_groups % 4 == 0 ? 4 : parts.channel_groups % 2 == 0 ? 2 : 1;
  parts.rows_apart = sum_warps / parts.groups;
  parts.column_blocks = columns_of(layer) / block_columns + 1;
  return parts;
}

// The patch: for each source channel planes of bf16, 2 x stride of them. Word w of a row of plane p
// has pixel 2 stride w + p and, as its upper half, the pixel a stride further: any two pixels that
// a tap has under two neighbours are a word. Then a plane of ones.
constexpr int patch_rows(const FirstLayer& layer) {
  return 2 * WindowParts().tile_rows + layer.side - layer.stride;
}

size_t patch_words(const FirstLayer& layer) {
  return size_t(2 * layer.stride * layer.input.channels + 1) * patch_rows(layer) *
         plane_pitch(layer.stride);
}

__device__ uint64_t load_pixel(const FirstLayerGradientRun& run, int y, int x) {
  const Shape& input = run.layer.input;
  if (y < 0 || y >= input.height || x < 0 || x >= input.width) return 0;
  const size_t at = (size_t(y) * input.width + x) * stored_channels(input.channels);
  return *reinterpret_cast<const uint64_t*>(run.source + blockIdx.z * stored_values(input) + at);
}

// A thread's words of the patch, some at once: all their pixels are on their way before the first
// is waited for. Then waits for those who still read the patch before.
template <int stride>
__device__ void load_patch(const FirstLayerGradientRun& run, int first_y, int first_x,
                           uint32_t* patch) {
  constexpr int words = tile_cols + (largest_side - 1) / (2 * stride);  // of a row
  constexpr int at_once = stride == 1 ? 3 : 2, planes = 2 * stride;     // of a channel
  const int rows = patch_rows(run.layer), channels = run.layer.input.channels;
  const int plane = rows * plane_pitch(stride);
  for (int first = 0; first < rows * words; first += at_once * sum_threads) {
    uint64_t pixels[at_once][planes + stride];
    UNROLL for (int i = 0; i < at_once; ++i) {
      const int at = first + i * sum_threads + int(threadIdx.x);
      UNROLL for (int j = 0; j < planes + stride; ++j) {
        pixels[i][j] = load_pixel(run, first_y + at / words, first_x + at % words * planes + j);
      }
    }
    if (first == 0) __syncthreads();
    UNROLL for (int i = 0; i < at_once; ++i) {
      const int at = first + i * sum_threads + int(threadIdx.x);
      if (at >= rows * words) break;
      uint32_t* const to = patch + at / words * plane_pitch(stride) + at % words;
      UNROLL for (int c = 0; c < 4; ++c) {
        if (c >= channels) break;
        const auto value = [&](int j) { return uint32_t(pixels[i][j] >> 16 * c & 0xFFFF); };
        UNROLL for (int p = 0; p < planes; ++p) {
          store_shared(to + (planes * c + p) * plane, value(p) | value(p + stride) << 16);
        }
      }
      store_shared(to + planes * channels * plane, 0x3F803F80u);
    }
  }
}

// Where in the patch a column has its first pixels; one past the last is that of ones, which what
// is further repeats.
__device__ int place_of(const FirstLayer& layer, int column) {
  const int channels = layer.input.channels, plane = patch_rows(layer) * plane_pitch(layer.stride);
  const int planes = 2 * layer.stride;
  const int tap = column / channels, channel = column % channels;
  const int y = tap / layer.side, x = tap % layer.side;
  if (y >= layer.side) return planes * channels * plane;
  return (planes * channel + x % planes) * plane + y * plane_pitch(layer.stride) + x / planes;
}

// Of channels 2 i and 2 i + 1 of the eight: rows g and g + 8 of a product, whose depth has the
// upper two pixels of four windows and then the lower two.
template <bool pooled>
__device__ void unpool(const Window<pooled>& window, int i, uint32_t (&rows)[4]) {
  if constexpr (pooled) {
    static_assert(place_step == 16 && no_place == 64);  // places are numbers of bits
    const uint32_t bits = window.places[i / 2] >> (16 * (i % 2));
    const uint64_t first = shift_left(window.gradient[0].words[i] & 0xFFFFu, bits & 0xFF);
    const uint64_t second = shift_left(window.gradient[0].words[i] >> 16, bits >> 8 & 0xFF);
    rows[0] = uint32_t(first), rows[2] = uint32_t(first >> 32);
    rows[1] = uint32_t(second), rows[3] = uint32_t(second >> 32);
  } else {
    UNROLL for (int j = 0; j < 2; ++j) {
      const uint32_t left = window.gradient[2 * j].words[i];
      const uint32_t right = window.gradient[2 * j + 1].words[i];
      rows[2 * j] = (left & 0xFFFFu) | right << 16;
      rows[2 * j + 1] = left >> 16 | (right & 0xFFFF0000u);
    }
  }
}

using Sums = float[group_channels / 16][block_columns / 8][4];

// += four windows' gradients times the pixels from `from` on.
template <int stride, bool pooled>
__device__ void add_products(const Window<pooled>& window, const uint32_t* from,
                             const int (&places)[block_columns / 8], Sums& sums) {
  uint32_t pixels[block_columns / 8][2];
  UNROLL for (int q = 0; q < block_columns / 8; ++q) {
    pixels[q][0] = load_shared(from + places[q]);
    pixels[q][1] = load_shared(from + places[q] + stride * plane_pitch(stride));
  }
  UNROLL for (int i = 0; i < group_channels / 16; ++i) {
    uint32_t rows[4];
    unpool(window, i, rows);
    UNROLL for (int q = 0; q < block_columns / 8; ++q) {
      multiply_add_bf16(sums[i][q], rows, pixels[q]);
    }
  }
}

// The sums of each group's warps become the block's, in the order in which lanes have them.
__device__ void write_sums(const FirstLayerGradientRun& run, const Parts& parts, const Sums& sums) {
  const int lane = int(threadIdx.x) % 32, warp = int(threadIdx.x) / 32;
  float* const staging = reinterpret_cast<float*>(block_memory());
  __syncthreads();
  UNROLL for (int j = 0; j < group_sums / 32; ++j) {
    store_shared(staging + warp * group_sums + j * 32 + lane,
                 sums[j / (block_columns / 2)][j / 4 % (block_columns / 8)][j % 4]);
  }
  __syncthreads();
  const size_t part = size_t(blockIdx.z) * parts.of_picture + blockIdx.y;
  const int first_group = int(blockIdx.x) / parts.column_blocks * parts.groups;
  const int column_block = int(blockIdx.x) % parts.column_blocks;
  for (int i = int(threadIdx.x); i < parts.groups * group_sums; i += sum_threads) {
    const size_t group = part * parts.channel_groups + first_group + i / group_sums;
    float sum = 0;
    for (int from = i; from < sum_warps * group_sums; from += parts.groups * group_sums) {
      sum += load_shared(staging + from);
    }
    run.partial[(group * parts.column_blocks + column_block) * group_sums + i % group_sums] = sum;
  }
}

// A lane is (g, t) = (lane / 4, lane % 4): it has channels 8 g .. 8 g + 7 of window t of a step,
// and column g of each eight.
template <int stride, bool pooled, Activation activation>
__global__ void __launch_bounds__(sum_threads, 2)
    sum_windows(const __grid_constant__ FirstLayerGradientRun run,
                const __grid_constant__ Parts parts) {
  uint32_t* const patch =
      reinterpret_cast<uint32_t*>(block_memory() + ring_bytes<pooled, activation>);
  const FirstLayer& layer = run.layer;
  const int lane = int(threadIdx.x) % 32, g = lane / 4, t = lane % 4;
  const int group = int(blockIdx.x) / parts.column_blocks * parts.groups + parts.group();
  const int first_column = int(blockIdx.x) % parts.column_blocks * block_columns;
  Windows<pooled, activation> windows(run, parts, group * group_channels + 8 * g);
  int places[block_columns / 8];
  UNROLL for (int q = 0; q < block_columns / 8; ++q) {
    places[q] = place_of(layer, first_column + 8 * q + g) + t;
  }
  Sums sums = {};
  const int last_tile = parts.last_tile();
  for (int tile = parts.first_tile(); tile < last_tile; ++tile) {
    const int tile_y = tile / parts.tiles_across * parts.tile_rows;
    const int tile_x = tile % parts.tiles_across * tile_cols;
    load_patch<stride>(run, 2 * stride * tile_y - layer.pad(), 2 * stride * tile_x - layer.pad(),
                       patch);
    __syncthreads();
    for (int row = parts.first_row(); row < parts.tile_rows; row += parts.rows_apart) {
      for (int step = 0; step < tile_steps; ++step) {
        const uint32_t* const from =
            patch + 2 * stride * row * plane_pitch(stride) + step * step_windows;
        add_products<stride>(windows.next(), from, places, sums);
      }
    }
  }
  wait_copies<0>();  // of what lies past the last tile
  write_sums(run, parts, sums);
}

template <Activation activation>
void launch_sums(DeviceStream& stream, const FirstLayerGradientRun& run, const Parts& parts) {
  const FirstLayer& layer = run.layer;
  const auto kernel = layer.pooled        ? sum_windows<1, true, activation>
                      : layer.stride == 1 ? sum_windows<1, false, activation>
                                          : sum_windows<2, false, activation>;
  const size_t ring = layer.pooled ? ring_bytes<true, activation> : ring_bytes<false, activation>;
  const unsigned blocks = unsigned(parts.channel_groups / parts.groups * parts.column_blocks);
  launch(stream, "first layer's gradient",
         {.grid = {blocks, unsigned(parts.of_picture), unsigned(run.n)},
          .block = {sum_threads},
          .shared_bytes = std::max(ring + patch_words(layer) * sizeof(uint32_t),
                                   size_t(sum_warps) * group_sums * sizeof(float))},
         kernel, run, parts);
}

constexpr int pictures_at_once = sum_threads / 32;

// Adds the parts of 32 sums to the gradients: a warp those of a picture, then picture after
// picture.
__global__ void add_parts(const __grid_constant__ FirstLayerGradientRun run, Parts parts,
                          int columns) {
  float* const of_picture = reinterpret_cast<float*>(block_memory());
  const int lane = int(threadIdx.x) % 32, warp = int(threadIdx.x) / 32;
  const int sum = int(blockIdx.x) % (group_sums / 32), block = int(blockIdx.x) / (group_sums / 32);
  const int blocks = parts.channel_groups * parts.column_blocks;
  const int channel = block / parts.column_blocks * group_channels + lane / 4 * 8 +
                      sum / (block_columns / 2) * 2 + sum % 4 / 2;
  const int column = block % parts.column_blocks * block_columns +
                     sum / 4 % (block_columns / 8) * 8 + lane % 4 * 2 + sum % 2;
  float* const gradient = channel >= run.layer.channels ? nullptr
                          : column < columns
                              ? run.kernel_gradient + size_t(channel) * columns + column
                          : column == columns ? run.bias_gradient + channel
                                              : nullptr;
  float total = gradient && warp == 0 ? *gradient : 0;
  for (int first = 0; first < run.n; first += pictures_at_once) {
    const int picture = first + warp;
    float part_sum = 0;
    if (picture < run.n && gradient) {
      const float* from = run.partial +
                          (size_t(picture) * parts.of_picture * blocks + block) * group_sums +
                          sum * 32 + lane;
      for (int part = 0; part < parts.of_picture; ++part) {
        part_sum += from[size_t(part) * blocks * group_sums];
      }
    }
    store_shared(of_picture + warp * 32 + lane, part_sum);
    __syncthreads();
    for (int i = 0; i < pictures_at_once && warp == 0 && first + i < run.n; ++i) {
      total += load_shared(of_picture + i * 32 + lane);
    }
    __syncthreads();
  }
  if (gradient && warp == 0) *gradient = total;
}

}  // namespace

size_t first_layer_partial_floats(const FirstLayer& layer, int n) {
  const Parts parts = parts_of(layer);
  return size_t(n) * parts.of_picture * parts.channel_groups * parts.column_blocks * group_sums;
}

void run_first_layer_gradient(DeviceStream& stream, const FirstLayerGradientRun& run) {
  const FirstLayer& layer = run.layer;
  assert(is_first_layer(layer));
  const Parts parts = parts_of(layer);
  const unsigned blocks = unsigned(parts.channel_groups * parts.column_blocks);
  if (layer.activation == Activation::linear) {
    launch_sums<Activation::linear>(stream, run, parts);
  } else if (layer.activation == Activation::relu) {
    launch_sums<Activation::relu>(stream, run, parts);
  } else {
    launch_sums<Activation::sigmoid>(stream, run, parts);
  }
  launch(stream, "first layer's gradient sums",
         {.grid = {blocks * (group_sums / 32)},
          .block = {sum_threads},
          .shared_bytes = sum_threads * sizeof(float)},
         add_parts, run, parts, columns_of(layer));
}

}  // namespace limpid::cuda
