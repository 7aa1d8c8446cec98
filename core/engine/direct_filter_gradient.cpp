#include "core/engine/direct_filter_gradient.h"

#include <algorithm>
#include <cassert>

#include "core/engine/arena.h"
#include "core/engine/padding.h"
#include "core/engine/vector_kernels.h"

namespace limpid {
namespace {

// Of both pictures in a strip: half of the 1 MiB second-level cache of current server cores, which
// leaves room for the sums.
constexpr size_t strip_bytes = size_t(512) << 10;
constexpr int max_strip_rows = 16;

// The rows or columns p of `count` with 0 <= step p + offset < side.
struct Range {
  int first = 0, last = 0;
};
Range inside(int count, int step, int offset, int side) {
  const int first = offset >= 0 ? 0 : (-offset + step - 1) / step;
  const int last = side - 1 - offset < 0 ? 0 : (side - 1 - offset) / step + 1;
  return {first, std::min(count, last)};
}

}  // namespace

DirectFilterGradient::DirectFilterGradient(const ConvolutionShape& shape) : shape_(shape) {
  const Shape& wide = shape.transposed ? shape.output : shape.input;  // its pixels move
  const Shape& still = shape.transposed ? shape.input : shape.output;
  rows_ = still.height, cols_ = still.width;
  thin_ = wide.channels <= thin_channels;
  const int k = shape.kernel;
  if (thin_) {
    padded_ = padded_shape(rows_, cols_, wide.channels, k, shape.stride);
    m_ = {padded_, shape.stride, true, k * wide.channels};
    n_ = {still, 1, false, still.channels};
    taps_ = k;
    sum_row_ = size_t(still.channels);
    sum_tap_ = sum_row_ * m_.values;
  } else {
    const Factor moving = {wide, shape.stride, true, wide.channels};
    const Factor staying = {still, 1, false, still.channels};
    m_ = shape.transposed ? moving : staying;  // m counts output channels, n input channels
    n_ = shape.transposed ? staying : moving;
    taps_ = k * k;
    sum_row_ = size_t(taps_) * shape.input.channels;
    sum_tap_ = size_t(shape.input.channels);
  }
  const size_t row_bytes = sizeof(float) * (size_t(m_.shape.width) * m_.shape.channels * m_.step +
                                            size_t(n_.shape.width) * n_.shape.channels * n_.step);
  strip_rows_ = int(std::clamp<size_t>(strip_bytes / row_bytes, 2, max_strip_rows)) / 2 * 2;
}

size_t DirectFilterGradient::scratch_floats() const {
  const size_t strip = size_t(strip_rows_) * shape_.output.width * shape_.output.channels;
  const size_t thin = thin_ ? padded_.count() + taps_ * sum_tap_ : 0;
  return strip + thin + 3 * buffer_slack;
}

void DirectFilterGradient::add_tile(int first, int count, const Pixels& m, const Pixels& n, int m0,
                                    int m1, int n0, float* sum) const {
  const int n_count = std::min(vector_kernels().max_n, n_.values - n0);
  for (int tap = 0; tap < taps_; ++tap) {
    const int ky = thin_ ? tap : tap / shape_.kernel;
    const int kx = thin_ ? 0 : tap % shape_.kernel;
    const int dy = thin_ ? ky : ky - shape_.pad, dx = thin_ ? 0 : kx - shape_.pad;
    const Factor& moving = m_.moves ? m_ : n_;
    // A run of taps counts as one pixel wide: the padded picture holds all of it.
    const Range rows = inside(rows_, moving.step, dy, moving.shape.height);
    const Range cols = inside(cols_, moving.step, dx, moving.shape.width);
    const int y0 = std::max(first, rows.first), y1 = std::min(first + count, rows.last);
    if (y0 >= y1 || cols.first >= cols.last) continue;
    const auto at = [&](const Factor& factor, const Pixels& pixels, int channel) {
      const int y = factor.step * y0 + (factor.moves ? dy : 0) - pixels.first;
      const int x = factor.step * cols.first + (factor.moves ? dx : 0);
      return pixels.rows + (size_t(y) * factor.shape.width + x) * factor.shape.channels + channel;
    };
    const auto pixel = [](const Factor& f) { return size_t(f.step) * f.shape.channels; };
    vector_kernels().outer_product({
        .a = at(m_, m, m0),
        .a_pixel = pixel(m_),
        .a_row = pixel(m_) * m_.shape.width,
        .b = at(n_, n, n0),
        .b_pixel = pixel(n_),
        .b_row = pixel(n_) * n_.shape.width,
        .pixels = size_t(cols.last - cols.first),
        .rows = size_t(y1 - y0),
        .c = sum + tap * sum_tap_ + m0 * sum_row_ + n0,
        .c_row = sum_row_,
        .m = m1 - m0,
        .n = n_count,
    });
  }
}

void DirectFilterGradient::walk(ThreadPool& pool, int first, int count, const Pixels& m,
                                const Pixels& n, float* sum) const {
  const VectorKernels& kernels = vector_kernels();
  const size_t m_tiles = size_t((m_.values + kernels.max_m - 1) / kernels.max_m);
  const size_t n_tiles = size_t((n_.values + kernels.max_n - 1) / kernels.max_n);
  pool.run(n_tiles * m_tiles, [&](size_t task) {
    const int tile = int(task % m_tiles);
    // Cut evenly: 128 rows are ten tiles of 12 or 13, not nine of 14 and one of 2.
    const int m0 = int(tile * m_.values / m_tiles), m1 = int((tile + 1) * m_.values / m_tiles);
    add_tile(first, count, m, n, m0, m1, int(task / m_tiles) * kernels.max_n, sum);
  });
}

void DirectFilterGradient::add_thin(const float* thin, float* sum) const {
  const int k = shape_.kernel, in = shape_.input.channels, out = shape_.output.channels;
  for (int o = 0; o < out; ++o) {
    for (int ky = 0; ky < k; ++ky) {
      for (int kx = 0; kx < k; ++kx) {
        float* to = sum + ((size_t(o) * k + ky) * k + kx) * in;
        for (int i = 0; i < in; ++i) {
          const int run = kx * (shape_.transposed ? out : in) + (shape_.transposed ? o : i);
          to[i] += thin[ky * sum_tap_ + run * sum_row_ + (shape_.transposed ? i : o)];
        }
      }
    }
  }
}

void DirectFilterGradient::run(ThreadPool& pool, const float* input, const float* output_gradient,
                               float* sum, float* scratch) const {
  const float* wide = shape_.transposed ? output_gradient : input;
  const float* still = shape_.transposed ? input : output_gradient;
  float* target = sum;
  if (thin_) {
    target = scratch + padded_.count();
    pad_picture(pool, shape_.transposed ? shape_.output : shape_.input, wide, shape_.pad, padded_,
                scratch);
    std::fill(target, target + taps_ * sum_tap_, 0.0f);
    wide = scratch;
  }
  const Pixels m = {m_.moves ? wide : still, 0}, n = {n_.moves ? wide : still, 0};
  for (int first = 0; first < rows_; first += strip_rows_) {
    walk(pool, first, std::min(strip_rows_, rows_ - first), m, n, target);
  }
  if (thin_) add_thin(target, sum);
}

void DirectFilterGradient::run_by_rows(ThreadPool& pool, const float* input,
                                       const GradientRows& output_gradient, float* sum,
                                       float* scratch) const {
  assert(!shape_.transposed && rows_ % 2 == 0);
  const float* wide = input;
  float* target = sum;
  float* strip = scratch;
  if (thin_) {
    target = scratch + padded_.count();
    strip = target + taps_ * sum_tap_ + buffer_slack;
    pad_picture(pool, shape_.input, input, shape_.pad, padded_, scratch);
    std::fill(target, target + taps_ * sum_tap_, 0.0f);
    wide = scratch;
  }
  const size_t row = size_t(cols_) * shape_.output.channels;
  for (int first = 0; first < rows_; first += strip_rows_) {
    const int count = std::min(strip_rows_, rows_ - first);
    pool.run(size_t(count) / 2, [&](size_t pair) {
      output_gradient(first + int(2 * pair), 2, strip + 2 * pair * row);
    });
    const Pixels still = {strip, first}, moving = {wide, 0};
    walk(pool, first, count, m_.moves ? moving : still, n_.moves ? moving : still, target);
  }
  if (thin_) add_thin(target, sum);
}

}  // namespace limpid
