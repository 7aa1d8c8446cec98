#include "core/engine/winograd_filter_gradient.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "core/engine/arena.h"
#include "core/engine/vector_kernels.h"

namespace limpid {
namespace {

constexpr int positions = winograd_positions, square_outputs = winograd_outputs * winograd_outputs;

// The more, the seldomer the products, a position's (out, in), go through the caches; as many as
// keep what is multiplied no larger than these.
int squares_at_once(int in, int out) { return std::clamp(in * out / (in + out), 32, 128); }

}  // namespace

WinogradFilterGradient::WinogradFilterGradient(const ConvolutionShape& shape)
    : shape_(shape),
      squares_(shape),
      in_(shape.input.channels),
      out_(shape.output.channels),
      out_vectors_(whole_vectors(out_)),
      at_once_(squares_at_once(in_, out_)),
      strip_rows_(std::clamp(at_once_ / squares_.cols(), 1, squares_.rows())) {}

size_t WinogradFilterGradient::strip_floats() const {
  return size_t(strip_rows_) * winograd_outputs * shape_.output.width * out_;
}

size_t WinogradFilterGradient::scratch_floats() const {
  return size_t(positions) * at_once_ * (squares_.channels() + out_vectors_) +
         size_t(positions) * out_ * in_ + strip_floats() + 3 * buffer_slack;
}

WinogradFilterGradient::Scratch WinogradFilterGradient::scratch(float* first) const {
  float* gradients = first + size_t(positions) * at_once_ * squares_.channels();
  float* products = gradients + size_t(positions) * at_once_ * out_vectors_ + buffer_slack;
  return {first, gradients, products, products + size_t(positions) * out_ * in_ + buffer_slack};
}

void WinogradFilterGradient::start(ThreadPool& pool, const Scratch& scratch) const {
  pool.run_parts(size_t(positions) * out_ * in_, [&](size_t first, size_t last) {
    std::fill(scratch.products + first, scratch.products + last, 0.0f);
  });
}

void WinogradFilterGradient::transform(const WinogradPhase& phase, int square, int place,
                                       const float* input, const Gradient& gradient,
                                       const Scratch& scratch) const {
  const size_t channels = size_t(squares_.channels()), out = size_t(out_vectors_);
  squares_.transform_pixels(square, input, scratch.pixels + place * channels, at_once_ * channels);
  const size_t before = size_t(gradient.first) * shape_.output.width;  // pixels
  std::array<const float*, square_outputs> from;
  for (int i = 0; i < square_outputs; ++i) {
    const std::optional<size_t> at = squares_.output(phase, square, i);
    from[i] = at ? gradient.rows + (*at - before) * out_ : squares_.zeros();
  }
  vector_kernels().winograd_gradients(from.data(), out_vectors_, scratch.gradients + place * out,
                                      at_once_ * out);
}

void WinogradFilterGradient::multiply(int position, int squares, const Scratch& scratch) const {
  const VectorKernels& kernels = vector_kernels();
  const float* gradients = scratch.gradients + size_t(position) * at_once_ * out_vectors_;
  const float* pixels = scratch.pixels + size_t(position) * at_once_ * squares_.channels();
  float* products = scratch.products + size_t(position) * out_ * in_;
  const int tiles = (out_ + kernels.max_m - 1) / kernels.max_m;
  for (int n = 0; n < in_; n += kernels.max_n) {
    for (int tile = 0; tile < tiles; ++tile) {  // cut evenly
      const int m = tile * out_ / tiles, end = (tile + 1) * out_ / tiles;
      kernels.outer_product({.a = gradients + m,
                             .a_pixel = size_t(out_vectors_),
                             .b = pixels + n,
                             .b_pixel = size_t(squares_.channels()),
                             .pixels = size_t(squares),
                             .rows = 1,
                             .c = products + size_t(m) * in_ + n,
                             .c_row = size_t(in_),
                             .m = end - m,
                             .n = std::min(kernels.max_n, in_ - n)});
    }
  }
}

void WinogradFilterGradient::add_rows(ThreadPool& pool, const WinogradPhase& phase, int first,
                                      int rows, const float* input, const Gradient& gradient,
                                      const Scratch& scratch) const {
  const int end = (first + rows) * squares_.cols();
  for (int square = first * squares_.cols(); square < end; square += at_once_) {
    const int count = std::min(at_once_, end - square);
    pool.run(size_t(count), [&](size_t i) {
      transform(phase, square + int(i), int(i), input, gradient, scratch);
    });
    pool.run(phase.positions.size(),
             [&](size_t p) { multiply(phase.positions[p], count, scratch); });
  }
}

void WinogradFilterGradient::finish(ThreadPool& pool, const WinogradPhase& phase,
                                    const Scratch& scratch, float* sum) const {
  std::array<std::optional<size_t>, 9> places;
  for (int t = 0; t < 9; ++t) places[t] = squares_.tap(phase, t / 3, t % 3);
  const size_t taps = size_t(shape_.kernel) * shape_.kernel, position = size_t(out_) * in_;
  pool.run(size_t(out_), [&](size_t o) {
    std::array<WinogradLanes, positions> products = {};
    for (size_t i = 0; i < size_t(in_); i += winograd_lanes) {
      const size_t count = std::min(size_t(winograd_lanes), in_ - i);
      for (int p : phase.positions) {
        std::copy_n(&scratch.products[p * position + o * in_ + i], count, products[p].begin());
      }
      const std::array<WinogradLanes, 9> gradient = winograd_kernel_gradient(products);
      for (int t = 0; t < 9; ++t) {
        if (!places[t]) continue;
        float* to = &sum[(o * taps + *places[t]) * in_ + i];
        for (size_t lane = 0; lane < count; ++lane) to[lane] += gradient[t][lane];
      }
    }
  });
}

void WinogradFilterGradient::run(ThreadPool& pool, const float* input, const float* output_gradient,
                                 float* sum, float* scratch) const {
  const Scratch own = this->scratch(scratch);
  for (const WinogradPhase& phase : squares_.phases()) {
    start(pool, own);
    for (int first = 0; first < squares_.rows(); first += strip_rows_) {
      const int rows = std::min(strip_rows_, squares_.rows() - first);
      add_rows(pool, phase, first, rows, input, {output_gradient, 0}, own);
    }
    finish(pool, phase, own, sum);
  }
}

void WinogradFilterGradient::run_by_rows(ThreadPool& pool, const float* input,
                                         const GradientRows& output_gradient, float* sum,
                                         float* scratch) const {
  assert(!shape_.transposed && shape_.output.height % 2 == 0);
  const Scratch own = this->scratch(scratch);
  const size_t row = size_t(shape_.output.width) * out_;
  start(pool, own);
  for (int first = 0; first < squares_.rows(); first += strip_rows_) {
    const int rows = std::min(strip_rows_, squares_.rows() - first);
    const int top = first * winograd_outputs;
    const int count = std::min(rows * winograd_outputs, shape_.output.height - top);
    pool.run(size_t(count) / 2, [&](size_t pair) {
      output_gradient(top + int(2 * pair), 2, own.strip + 2 * pair * row);
    });
    add_rows(pool, squares_.phases().front(), first, rows, input, {own.strip, top}, own);
  }
  finish(pool, squares_.phases().front(), own, sum);
}

}  // namespace limpid
