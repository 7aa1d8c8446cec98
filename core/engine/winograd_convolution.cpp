#include "core/engine/winograd_convolution.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "core/engine/arena.h"
#include "core/engine/vector_kernels.h"

namespace limpid {
namespace {

constexpr int positions = winograd_positions, square_outputs = winograd_outputs * winograd_outputs;

// How many squares go through all positions together: a multiple of the inner loops' pixels, so
// that their tiles are full. The more, the seldomer the kernel comes from memory; but transformed
// pixels and products should stay in the second-level cache, and every thread have enough to do.
int squares_at_once(const ConvolutionShape& shape, int squares, int threads) {
  constexpr double cached = 680 << 10;  // bytes, of the 1 MiB of current server cores
  const double channels = double(shape.input.channels) + shape.output.channels;
  const double kernel = sizeof(float) * positions * double(shape.input.channels) *
                        shape.output.channels * (shape.transposed ? 4 : 1);
  const double square = sizeof(float) * positions * channels;
  // Of a square, past that cache; what its values cost there was found by trying.
  const auto traffic = [&](int count) {
    return kernel / count + (count * square > cached ? 6 * square : 0);
  };
  int best = 12;
  for (const int count : {24, 48}) {
    if (squares >= count * 4 * threads && traffic(count) < traffic(best)) best = count;
  }
  return best;
}

}  // namespace

WinogradConvolution::WinogradConvolution(const ConvolutionShape& shape, int threads)
    : shape_(shape),
      threads_(threads),
      squares_(shape),
      at_once_(squares_at_once(shape, squares_.count(), threads)) {
  const DirectShape product{.input = {1, at_once_, squares_.channels()},
                            .taps = {{0, 0}},
                            .run = shape.input.channels,
                            .rows = 1,
                            .cols = at_once_,
                            .channels = shape.output.channels,
                            .out_width = at_once_};
  for (const WinogradPhase& phase : squares_.phases()) {
    products_.emplace_back(phase.positions.size(), DirectConvolution(product));
  }
}

void WinogradConvolution::load(ThreadPool& pool, std::span<const float> kernel,
                               std::span<const float> bias) {
  bias_.resize(size_t(whole_vectors(shape_.output.channels)));
  std::copy(bias.begin(), bias.end(), bias_.begin());
  for (Products& products : products_) {
    for (DirectConvolution& product : products) product.allocate();
  }
  const size_t of_channel = positions * size_t(shape_.input.channels);
  std::vector<float> transformed(size_t(pool.threads()) * of_channel);
  pool.run_by_thread(bias.size(), [&](size_t thread, size_t channel) {
    load_channel(channel, kernel, transformed.data() + thread * of_channel);
  });
}

void WinogradConvolution::load_channel(size_t channel, std::span<const float> kernel,
                                       float* values) {
  const size_t in = size_t(shape_.input.channels), taps = size_t(shape_.kernel) * shape_.kernel;
  for (size_t p = 0; p < products_.size(); ++p) {
    const WinogradPhase& phase = squares_.phases()[p];
    std::array<std::optional<size_t>, 9> places;
    for (int t = 0; t < 9; ++t) places[t] = squares_.tap(phase, t / 3, t % 3);
    for (size_t i = 0; i < in; ++i) {
      WinogradTaps own = {};
      for (int t = 0; t < 9; ++t) {
        if (places[t]) own[t] = kernel[(channel * taps + *places[t]) * in + i];
      }
      const WinogradKernel transformed = winograd_kernel(own);
      for (int j = 0; j < positions; ++j) values[j * in + i] = transformed[j];
    }
    for (size_t j = 0; j < products_[p].size(); ++j) {
      products_[p][j].load_channel(int(channel), values + phase.positions[j] * in, 0);
    }
  }
}

size_t WinogradConvolution::thread_floats() const {
  const size_t out = size_t(shape_.output.channels);
  return positions * at_once_ * (squares_.channels() + out) + square_outputs * out +
         2 * buffer_slack;
}

size_t WinogradConvolution::scratch_floats() const { return threads_ * thread_floats(); }

WinogradConvolution::Scratch WinogradConvolution::scratch(float* first, size_t thread) const {
  float* pixels = first + thread * thread_floats();
  float* products = pixels + size_t(positions) * at_once_ * squares_.channels();
  const size_t count = size_t(positions) * at_once_ * shape_.output.channels;
  return {pixels, products, products + count + buffer_slack};
}

size_t WinogradConvolution::memory_bytes() const {
  size_t bytes = whole_vectors(shape_.output.channels) * sizeof(float);
  for (const Products& products : products_) {
    for (const DirectConvolution& product : products) bytes += product.memory_bytes();
  }
  return bytes;
}

void WinogradConvolution::multiply(size_t phase, int squares, const Scratch& scratch) const {
  const std::vector<int>& used = squares_.phases()[phase].positions;
  const size_t pixels = size_t(at_once_) * squares_.channels();
  const size_t products = size_t(at_once_) * shape_.output.channels;
  size_t next = 0;
  for (int p = 0; p < positions; ++p) {
    float* to = scratch.products + p * products;
    if (next < used.size() && used[next] == p) {
      products_[phase][next++].run_pixels(scratch.pixels + p * pixels, squares, to);
    } else {
      std::fill_n(to, squares * shape_.output.channels, 0.0f);
    }
  }
}

void WinogradConvolution::transform_products(const WinogradPhase& phase, int square,
                                             const float* from, float* outputs,
                                             const ConvolutionRun& run) const {
  const size_t channels = size_t(shape_.output.channels);
  std::array<float*, square_outputs> to;
  for (int i = 0; i < square_outputs; ++i) {
    const std::optional<size_t> at = squares_.output(phase, square, i);
    to[i] = at && !shape_.pooled ? run.output + *at * channels : outputs + i * channels;
  }
  vector_kernels().winograd_outputs(from, at_once_ * channels, bias_.data(), int(channels),
                                    shape_.negative, to.data());
  if (shape_.pooled) pool_square(square, to.data(), run);
}

void WinogradConvolution::pool_square(int square, float* const* outputs,
                                      const ConvolutionRun& run) const {
  const int rows = shape_.output.height / 2, cols = shape_.output.width / 2;
  for (int i = 0; i < 4; ++i) {
    const int y = square / squares_.cols() * 2 + i / 2, x = square % squares_.cols() * 2 + i % 2;
    if (y >= rows || x >= cols) continue;
    const size_t at = (size_t(y) * cols + x) * shape_.output.channels;
    float* const* above = outputs + i / 2 * 2 * winograd_outputs + i % 2 * 2;
    float* const* below = above + winograd_outputs;
    vector_kernels().pool({above[0], above[1], below[0], below[1]}, shape_.output.channels,
                          run.output + at, run.winners ? run.winners + at : nullptr);
  }
}

void WinogradConvolution::run(ThreadPool& pool, const ConvolutionRun& run) {
  assert(pool.threads() <= threads_);
  const int tasks = (squares_.count() + at_once_ - 1) / at_once_;
  pool.run_by_thread(size_t(tasks), [&](size_t thread, size_t task) {
    const Scratch own = scratch(run.scratch, thread);
    const int first = int(task) * at_once_, count = std::min(at_once_, squares_.count() - first);
    const size_t channels = size_t(squares_.channels());
    for (int i = 0; i < count; ++i) {
      squares_.transform_pixels(first + i, run.input, own.pixels + i * channels,
                                at_once_ * channels);
    }
    for (size_t p = 0; p < products_.size(); ++p) {
      multiply(p, count, own);
      for (int i = 0; i < count; ++i) {
        transform_products(squares_.phases()[p], first + i,
                           own.products + size_t(i) * shape_.output.channels, own.outputs, run);
      }
    }
  });
}

}  // namespace limpid
