// A convolution computed where the picture lies, without copying it: for each output pixel the
// input pixels of its taps are read through pointers, zero where they fall outside. Covers what
// XNNPACK is slow at: few channels, and the four phases of a transposed convolution.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/engine/thread_pool.h"
#include "core/image/batch.h"

namespace limpid {

struct Tap {
  int dy = 0, dx = 0;
};

struct DirectShape {
  Shape input = {};
  std::vector<Tap> taps = {};  // output pixel (y, x) reads input pixel (step y + dy, step x + dx)
  int step = 1;
  int run = 0;             // values read at a tap: the input's channels, fewer where these are
                           // padded, more where the neighbours to the right belong to the tap too
  int rows = 0, cols = 0;  // output pixels computed
  int channels = 0;        // of the output
  int out_step = 1;        // output pixel (y, x) is stored at (out_step y + out_y, ...)
  int out_y = 0, out_x = 0;
  int out_width = 0;  // pixels in a row of the picture stored to
};

class DirectConvolution {
 public:
  explicit DirectConvolution(const DirectShape& shape);

  // kernel: (channels, taps, run). Copies both; the first call allocates.
  void load(std::span<const float> kernel, std::span<const float> bias);

  // The same, channel by channel, which several threads may do at once: (taps, run) of one.
  void allocate();
  void load_channel(int channel, const float* kernel, float bias);

  // Sums below zero are multiplied by `negative`: 0 is relu, 1 linear.
  void run(ThreadPool& pool, const float* input, float* output, float negative) const;

  // The first `count` pixels of the first row, in the calling thread; linear.
  void run_pixels(const float* input, int count, float* output) const;

  // The same with a 2 x 2 max pool behind it: output is (rows / 2, cols / 2, channels), `winners`
  // as in pooling.h. Only with out_step 1 and even rows and cols.
  void run_pooled(ThreadPool& pool, const float* input, float* output, uint8_t* winners,
                  float negative) const;

  size_t memory_bytes() const;  // once loaded

 private:
  struct Block {  // of output channels that one tile computes
    int first = 0, count = 0, vectors = 0;
    size_t kernel = 0;  // offset into kernel_
    size_t bias = 0;
  };
  void run_row(const Block& block, const float* input, int y, int count, float* output,
               float negative) const;
  void run_tile(const Block& block, const float* input, int y, int x, int pixels, float* output,
                size_t output_pixel, float negative) const;
  void pool_columns(const Block& block, const float* input, int y, int x, int pixels, float* output,
                    uint8_t* winners, float negative) const;

  DirectShape shape_;
  std::vector<Block> blocks_;
  size_t kernel_floats_ = 0, bias_floats_ = 0;
  std::vector<float> kernel_, bias_, zeros_;  // empty before load()
};

}  // namespace limpid
