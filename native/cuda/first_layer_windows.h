// What the first layer's gradient is summed over: gradients before pool and activation, window
// after window of 2 x 2 pixels, on their way to registers through shared memory.
#pragma once

#include "native/cuda/eight.h"
#include "native/cuda/first_layer.h"

namespace limpid::cuda {

constexpr int sum_threads = 256, sum_warps = sum_threads / 32;
constexpr int tile_cols = 32;    // windows
constexpr int step_windows = 4;  // side by side: the depth of one product
constexpr int tile_steps = tile_cols / step_windows;
constexpr int group_channels = 64;  // that a warp sums for, eight of each lane's

// How a picture's tiles and the layer's groups of channels are cut into blocks.
struct WindowParts {
  int tiles_across = 1, tiles = 1;
  int of_picture = 1;                     // that its tiles are cut into
  int tile_rows = 16;                     // windows
  int groups = 1;                         // of a block, side by side
  int rows_apart = 1;                     // that a warp takes: as many warps have a group
  int height = 1, width = 1, stored = 8;  // of the gradient that is read

  // Of this block.
  __device__ int first_tile() const { return tiles * int(blockIdx.y) / of_picture; }
  __device__ int last_tile() const { return tiles * int(blockIdx.y + 1) / of_picture; }
  // Of this warp.
  __device__ int group() const { return int(threadIdx.x) / 32 % groups; }
  __device__ int first_row() const { return int(threadIdx.x) / 32 / groups; }
};

// Eight channels of one window: after the pool of one pixel, else of four.
template <bool pooled>
struct Window {
  static constexpr int pixels = pooled ? 1 : 4;
  Chunk gradient[pixels];
  uint32_t places[2];
};

// linear, relu, or sigmoid for any.
template <bool pooled, Activation activation>
constexpr bool reads_output = activation == Activation::sigmoid ||
                              (!pooled && activation == Activation::relu);

// A step's windows, of each lane what it copies and reads itself.
template <bool pooled, Activation activation>
struct Stage {
  static constexpr bool has_output = reads_output<pooled, activation>;
  static constexpr int pixels = Window<pooled>::pixels;
  Chunk values[has_output ? 2 * pixels : pixels][32];  // the gradient, then the output
  uint64_t places[pooled ? 32 : 2];                    // if pooled
};
// As many as leave room for two blocks on a multiprocessor of Hopper's, and one on any of Ampere's.
template <bool pooled, Activation activation>
constexpr int stages = (pooled ? 8 : 2) / (reads_output<pooled, activation> ? 2 : 1);
template <bool pooled, Activation activation>
constexpr size_t ring_bytes = sum_warps* stages<pooled, activation> *
                              sizeof(Stage<pooled, activation>);

__device__ inline float lower(uint32_t pair) { return bits_to_float(pair << 16); }
__device__ inline float upper(uint32_t pair) { return bits_to_float(pair & 0xFFFF0000u); }

// Back through the activation, two channels.
template <Activation activation>
__device__ inline uint32_t pass_activation(const FirstLayer& layer, uint32_t gradient,
                                           uint32_t output) {
  if constexpr (activation == Activation::relu) {
    return (lower(output) <= 0 ? 0 : gradient & 0xFFFFu) |
           (upper(output) <= 0 ? 0 : gradient & 0xFFFF0000u);
  } else {
    const auto slope = [&](float y) { return activation_slope(layer.activation, layer.slope, y); };
    return round_pair_to_bf16(lower(gradient) * slope(lower(output)),
                              upper(gradient) * slope(upper(output)));
  }
}

// A warp's windows of the block's tiles, step after step and row after row, of which a lane has
// every fourth. Beside the picture they are zeros. The ring begins the block's memory.
template <bool pooled, Activation activation>
class Windows {
 public:
  __device__ Windows(const FirstLayerGradientRun& run, const WindowParts& parts, int channel)
      : run_(run),
        parts_(parts),
        channel_(channel),
        tile_(parts.first_tile()),
        row_(parts.first_row()) {
    begin_row();
    UNROLL for (int i = 0; i + 1 < stage_count; ++i) start(i);
  }

  // The next step's, while those after it are on their way.
  __device__ Window<pooled> next() {
    start(stage_ + stage_count - 1);
    wait_copies<stage_count - 1>();
    const Stage<pooled, activation>& stage = stage_at(stage_++);
    const int lane = int(threadIdx.x) % 32;
    Window<pooled> window = {};
    UNROLL for (int j = 0; j < Window<pooled>::pixels; ++j) {
      Chunk& gradient = window.gradient[j];
      gradient = load_shared(&stage.values[j][lane]);
      if constexpr (has_output) {
        const Chunk output = load_shared(&stage.values[Window<pooled>::pixels + j][lane]);
        UNROLL for (int i = 0; i < 4; ++i) {
          gradient.words[i] =
              pass_activation<activation>(run_.layer, gradient.words[i], output.words[i]);
        }
      }
    }
    if constexpr (pooled) {
      const uint64_t places = load_shared(&stage.places[lane]);
      window.places[0] = uint32_t(places), window.places[1] = uint32_t(places >> 32);
    }
    return window;
  }

 private:
  static constexpr bool has_output = reads_output<pooled, activation>;
  static constexpr int stage_count = stages<pooled, activation>;
  static constexpr int size = pooled ? 1 : 2;  // pixels on a window's side

  __device__ static Stage<pooled, activation>& stage_at(int number) {
    const int of_warp = int(threadIdx.x) / 32 * stage_count;
    return reinterpret_cast<Stage<pooled, activation>*>(
        block_memory())[of_warp + number % stage_count];
  }

  __device__ void begin_row() {
    const int y = size * (tile_ / parts_.tiles_across * parts_.tile_rows + row_);
    const int x =
        size * (tile_ % parts_.tiles_across * tile_cols + int(threadIdx.x) % step_windows);
    at_ = (uint32_t(y) * parts_.width + x) * parts_.stored + channel_;
    const bool inside = channel_ < parts_.stored && tile_ < parts_.last_tile();
    left_ = inside && y < parts_.height ? parts_.width - x : 0;
    lower_left_ = inside && y + 1 < parts_.height ? parts_.width - x : 0;
    left_steps_ = tile_steps;
  }

  // The next step's copies, a group.
  __device__ void start(int number) {
    Stage<pooled, activation>& stage = stage_at(number);
    const int lane = int(threadIdx.x) % 32;
    const size_t picture = blockIdx.z * (size_t(parts_.height) * parts_.width * parts_.stored);
    UNROLL for (int j = 0; j < Window<pooled>::pixels; ++j) {
      const bool inside = j % 2 < (j < 2 ? left_ : lower_left_);
      const size_t at = picture + at_ + (j / 2 * parts_.width + j % 2) * parts_.stored;
      copy_async(&stage.values[j][lane], run_.gradient + at, inside);
      if constexpr (has_output) {
        copy_async(&stage.values[Window<pooled>::pixels + j][lane], run_.output + at, inside);
      }
      if constexpr (pooled) copy_async<8>(&stage.places[lane], run_.places + at, inside);
    }
    commit_copies();
    at_ += step_windows * size * parts_.stored;
    left_ -= step_windows * size, lower_left_ -= step_windows * size;
    if (--left_steps_ > 0) return;
    row_ += parts_.rows_apart;
    if (row_ >= parts_.tile_rows) row_ -= parts_.tile_rows, ++tile_;
    begin_row();
  }

  const FirstLayerGradientRun& run_;
  const WindowParts& parts_;
  const int channel_;
  int tile_, row_;
  int left_steps_;         // of the row
  uint32_t at_;            // of the next window's first value, in its picture
  int left_, lower_left_;  // pixels of its rows, from it on
  int stage_ = 0;          // of the next to be read
};

}  // namespace limpid::cuda
