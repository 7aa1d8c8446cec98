#include "core/engine/direct_convolution.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "core/engine/vector_kernels.h"

namespace limpid {
namespace {

constexpr int max_taps = 36;  // 6 x 6: an upsampled 5 x 5, folded
constexpr int max_tile_pixels = 16;
constexpr int max_block_channels = 64;    // 4 vectors of AVX-512
constexpr int pool_columns_at_once = 24;  // two rows of them and 64 channels: 12 KB of stack

int vectors_for(int channels) {
  const VectorKernels& kernels = vector_kernels();
  const int needed = (channels + kernels.lanes - 1) / kernels.lanes;
  if (kernels.max_vectors >= 4) {
    // Three at a time where four would leave one or two, which load more for what they compute.
    const bool in_threes = needed == 3 || needed == 5 || needed == 6 || needed == 9;
    if (in_threes || needed >= 4) return in_threes ? 3 : 4;
  }
  return needed >= 2 ? 2 : 1;
}

}  // namespace

DirectConvolution::DirectConvolution(const DirectShape& shape) : shape_(shape) {
  assert(int(shape.taps.size()) <= max_taps);
  const int lanes = vector_kernels().lanes;
  for (int first = 0; first < shape.channels;) {
    const int vectors = vectors_for(shape.channels - first);
    const int count = std::min(vectors * lanes, shape.channels - first);
    blocks_.push_back({first, count, vectors, kernel_floats_, bias_floats_});
    kernel_floats_ += shape.taps.size() * shape.run * vectors * lanes;
    bias_floats_ += size_t(vectors) * lanes;
    first += count;
  }
}

void DirectConvolution::allocate() {
  kernel_.resize(kernel_floats_);
  bias_.resize(bias_floats_);
  zeros_.resize(size_t(shape_.run));
}

void DirectConvolution::load_channel(int channel, const float* kernel, float bias) {
  const Block& block = *std::find_if(blocks_.begin(), blocks_.end(),
                                     [&](const Block& b) { return channel < b.first + b.count; });
  const size_t width = size_t(block.vectors) * vector_kernels().lanes;
  const size_t depth = shape_.taps.size() * shape_.run, o = size_t(channel - block.first);
  for (size_t d = 0; d < depth; ++d) kernel_[block.kernel + d * width + o] = kernel[d];
  bias_[block.bias + o] = bias;
}

void DirectConvolution::load(std::span<const float> kernel, std::span<const float> bias) {
  const size_t depth = shape_.taps.size() * shape_.run;
  assert(kernel.size() == depth * shape_.channels && int(bias.size()) == shape_.channels);
  allocate();
  for (int o = 0; o < shape_.channels; ++o) load_channel(o, kernel.data() + o * depth, bias[o]);
}

void DirectConvolution::run_tile(const Block& block, const float* input, int y, int x, int pixels,
                                 float* output, size_t output_pixel, float negative) const {
  std::array<const float*, max_taps * max_tile_pixels> pointers;
  std::array<float*, max_tile_pixels> outputs;
  size_t next = 0;
  for (const Tap& tap : shape_.taps) {
    const int row = shape_.step * y + tap.dy;
    const bool inside_row = row >= 0 && row < shape_.input.height;
    for (int p = 0; p < pixels; ++p) {
      const int col = shape_.step * (x + p) + tap.dx;
      const bool inside = inside_row && col >= 0 && col < shape_.input.width;
      pointers[next++] =
          inside ? input + (size_t(row) * shape_.input.width + col) * shape_.input.channels
                 : zeros_.data();
    }
  }
  for (int p = 0; p < pixels; ++p) outputs[p] = output + p * output_pixel;
  vector_kernels().convolution(block.vectors, pixels)({
      .pointers = pointers.data(),
      .taps = int(shape_.taps.size()),
      .run = shape_.run,
      .kernel = kernel_.data() + block.kernel,  // a phase may have no tap, and no kernel
      .bias = &bias_[block.bias],
      .outputs = outputs.data(),
      .n = block.count,
      .negative = negative,
  });
}

void DirectConvolution::run_row(const Block& block, const float* input, int y, int count,
                                float* output, float negative) const {
  const size_t output_pixel = size_t(shape_.out_step) * shape_.channels;
  const int step = vector_kernels().tile_pixels(block.vectors);
  const size_t row = (size_t(shape_.out_step) * y + shape_.out_y) * shape_.out_width;
  for (int x = 0; x < count; x += step) {
    const size_t at = row + size_t(shape_.out_step) * x + shape_.out_x;
    run_tile(block, input, y, x, std::min(step, count - x),
             output + at * shape_.channels + block.first, output_pixel, negative);
  }
}

void DirectConvolution::run(ThreadPool& pool, const float* input, float* output,
                            float negative) const {
  pool.run(blocks_.size() * shape_.rows, [&](size_t task) {
    run_row(blocks_[task / shape_.rows], input, int(task % shape_.rows), shape_.cols, output,
            negative);
  });
}

void DirectConvolution::run_pixels(const float* input, int count, float* output) const {
  for (const Block& block : blocks_) run_row(block, input, 0, count, output, 1);
}

void DirectConvolution::pool_columns(const Block& block, const float* input, int y, int x,
                                     int pixels, float* output, uint8_t* winners,
                                     float negative) const {
  alignas(64) float rows[2][pool_columns_at_once * max_block_channels];
  const int step = vector_kernels().tile_pixels(block.vectors);
  for (int r = 0; r < 2; ++r) {
    for (int p = 0; p < pixels; p += step) {
      run_tile(block, input, y + r, x + p, std::min(step, pixels - p),
               &rows[r][p * max_block_channels], max_block_channels, negative);
    }
  }
  for (int p = 0; p < pixels / 2; ++p) {
    const size_t at =
        (size_t(y / 2) * (shape_.cols / 2) + x / 2 + p) * shape_.channels + block.first;
    const float* above = &rows[0][2 * p * max_block_channels];
    const float* below = &rows[1][2 * p * max_block_channels];
    vector_kernels().pool({above, above + max_block_channels, below, below + max_block_channels},
                          block.count, output + at, winners ? winners + at : nullptr);
  }
}

void DirectConvolution::run_pooled(ThreadPool& pool, const float* input, float* output,
                                   uint8_t* winners, float negative) const {
  assert(shape_.out_step == 1 && shape_.rows % 2 == 0 && shape_.cols % 2 == 0);
  const int pairs = shape_.rows / 2;
  pool.run(blocks_.size() * pairs, [&](size_t task) {
    const Block& block = blocks_[task / pairs];
    const int y = 2 * int(task % pairs);
    for (int x = 0; x < shape_.cols; x += pool_columns_at_once) {
      pool_columns(block, input, y, x, std::min(pool_columns_at_once, shape_.cols - x), output,
                   winners, negative);
    }
  });
}

size_t DirectConvolution::memory_bytes() const {
  return (kernel_floats_ + bias_floats_ + shape_.run) * sizeof(float);
}

}  // namespace limpid
