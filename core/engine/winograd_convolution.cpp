#include "core/engine/winograd_convolution.h"

#include <algorithm>
#include <cassert>

#include "core/engine/arena.h"
#include "core/engine/vector_kernels.h"

namespace limpid {
namespace {

constexpr int positions = winograd_positions, side = winograd_side, outputs_side = winograd_outputs;

int whole_vectors(int channels) {
  const int lanes = vector_kernels().lanes;
  return (channels + lanes - 1) / lanes * lanes;
}

int squares_along(int length) { return (length + outputs_side - 1) / outputs_side; }

// So many that the inner loops' tiles are full, and few enough that transformed pixels and products
// stay in the second-level cache.
int squares_at_once(int channels) {
  const int tile = vector_kernels().tile_pixels(vector_kernels().max_vectors);
  constexpr int cached = 128 * 1024;  // floats
  const int tiles = cached / (positions * channels * tile);
  return tile * std::clamp(tiles, 12 / tile, 24 / tile);
}

bool has(const PhaseTaps& taps, int offset) {
  return std::find(taps.offsets.begin(), taps.offsets.end(), offset) != taps.offsets.end();
}

// Of the positions along a side the first is the first tap's alone, the last the last tap's.
bool is_zero(const PhaseTaps& taps, int position) {
  return (position == 0 && !has(taps, -1)) || (position == side - 1 && !has(taps, 1));
}

}  // namespace

bool winograd_suits(const ConvolutionShape& shape) {
  if (!shape.squares || shape.input.channels < 8 || shape.output.channels < 8) return false;
  if (shape.transposed) {
    return shape.stride == 2 && shape.kernel == 4 && shape.pad == 1 && !shape.pooled;
  }
  return shape.stride == 1 && shape.kernel == 3 && shape.pad == 1;
}

WinogradConvolution::WinogradConvolution(const ConvolutionShape& shape, int threads)
    : shape_(shape),
      threads_(threads),
      in_(whole_vectors(shape.input.channels)),
      step_(shape.transposed ? 2 : 1),
      rows_(shape.input.height),
      cols_(shape.input.width),
      squares_a_row_(squares_along(cols_)),
      squares_(squares_a_row_ * squares_along(rows_)),
      at_once_(squares_at_once(in_ + shape.output.channels)) {
  assert(winograd_suits(shape));
  for (int y = 0; y < step_; ++y) {
    for (int x = 0; x < step_; ++x) phases_.push_back(phase(y, x));
  }
}

WinogradConvolution::Phase WinogradConvolution::phase(int y, int x) const {
  Phase phase{.y = y, .x = x, .rows = phase_taps(shape_, y), .cols = phase_taps(shape_, x)};
  for (int p = 0; p < positions; ++p) {
    if (is_zero(phase.rows, p / side) || is_zero(phase.cols, p % side)) continue;
    phase.positions.push_back(p);
    phase.products.emplace_back(DirectShape{.input = {1, at_once_, in_},
                                            .taps = {{0, 0}},
                                            .run = shape_.input.channels,
                                            .rows = 1,
                                            .cols = at_once_,
                                            .channels = shape_.output.channels,
                                            .out_width = at_once_});
  }
  return phase;
}

void WinogradConvolution::load(ThreadPool& pool, std::span<const float> kernel,
                               std::span<const float> bias) {
  zeros_.resize(size_t(in_));
  bias_.resize(size_t(whole_vectors(shape_.output.channels)));
  std::copy(bias.begin(), bias.end(), bias_.begin());
  for (Phase& phase : phases_) load_phase(pool, phase, kernel);
}

void WinogradConvolution::load_phase(ThreadPool& pool, Phase& phase,
                                     std::span<const float> kernel) const {
  const size_t in = size_t(shape_.input.channels), row = size_t(shape_.kernel);
  for (DirectConvolution& product : phase.products) product.allocate();
  pool.run(size_t(shape_.output.channels), [&](size_t o) {
    std::vector<float> values(positions * in);
    for (size_t i = 0; i < in; ++i) {
      WinogradTaps taps = {};
      for (size_t r = 0; r < phase.rows.taps.size(); ++r) {
        for (size_t c = 0; c < phase.cols.taps.size(); ++c) {
          const size_t tap = phase.rows.taps[r] * row + phase.cols.taps[c];
          taps[(phase.rows.offsets[r] + 1) * 3 + phase.cols.offsets[c] + 1] =
              kernel[(o * row * row + tap) * in + i];
        }
      }
      const WinogradKernel transformed = winograd_kernel(taps);
      for (int p = 0; p < positions; ++p) values[p * in + i] = transformed[p];
    }
    for (size_t j = 0; j < phase.products.size(); ++j) {
      phase.products[j].load_channel(int(o), &values[phase.positions[j] * in], 0);
    }
  });
}

size_t WinogradConvolution::thread_floats() const {
  const size_t out = size_t(shape_.output.channels);
  return positions * at_once_ * (in_ + out) + outputs_side * outputs_side * out + 2 * buffer_slack;
}

size_t WinogradConvolution::scratch_floats() const { return threads_ * thread_floats(); }

WinogradConvolution::Scratch WinogradConvolution::scratch(float* first, size_t thread) const {
  float* pixels = first + thread * thread_floats();
  float* products = pixels + size_t(positions) * at_once_ * in_;
  const size_t count = size_t(positions) * at_once_ * shape_.output.channels;
  return {pixels, products, products + count + buffer_slack};
}

size_t WinogradConvolution::memory_bytes() const {
  size_t bytes = (whole_vectors(shape_.output.channels) + in_) * sizeof(float);
  for (const Phase& phase : phases_) {
    for (const DirectConvolution& product : phase.products) bytes += product.memory_bytes();
  }
  return bytes;
}

WinogradConvolution::Place WinogradConvolution::place(int square) const {
  return {square / squares_a_row_ * outputs_side, square % squares_a_row_ * outputs_side};
}

void WinogradConvolution::transform_pixels(Place place, const float* input, float* to) const {
  const Shape& shape = shape_.input;
  std::array<const float*, positions> pixels;
  for (int p = 0; p < positions; ++p) {
    const int y = place.y + p / side - 1, x = place.x + p % side - 1;
    const bool inside = y >= 0 && y < shape.height && x >= 0 && x < shape.width;
    pixels[p] = inside ? input + (size_t(y) * shape.width + x) * shape.channels : zeros_.data();
  }
  vector_kernels().winograd_pixels(pixels.data(), in_, to, size_t(at_once_) * in_);
}

void WinogradConvolution::multiply(const Phase& phase, int squares, const Scratch& scratch) const {
  const size_t pixels = size_t(at_once_) * in_;
  const size_t products = size_t(at_once_) * shape_.output.channels;
  size_t next = 0;
  for (int p = 0; p < positions; ++p) {
    float* to = scratch.products + p * products;
    if (next < phase.positions.size() && phase.positions[next] == p) {
      phase.products[next++].run_pixels(scratch.pixels + p * pixels, squares, to);
    } else {
      std::fill_n(to, squares * shape_.output.channels, 0.0f);
    }
  }
}

void WinogradConvolution::transform_products(const Phase& phase, Place place, const float* from,
                                             float* outputs, const ConvolutionRun& run) const {
  const Shape& shape = shape_.output;
  const size_t channels = size_t(shape.channels);
  std::array<float*, outputs_side * outputs_side> to;
  for (int i = 0; i < int(to.size()); ++i) {
    const int y = place.y + i / outputs_side, x = place.x + i % outputs_side;
    const size_t at = size_t(step_ * y + phase.y) * shape.width + step_ * x + phase.x;
    const bool stored = !shape_.pooled && y < rows_ && x < cols_;
    to[i] = stored ? run.output + at * channels : outputs + i * channels;
  }
  vector_kernels().winograd_outputs(from, at_once_ * channels, bias_.data(), shape.channels,
                                    shape_.negative, to.data());
  if (!shape_.pooled) return;
  for (int i = 0; i < 4; ++i) {
    const int y = place.y / 2 + i / 2, x = place.x / 2 + i % 2;
    if (y >= shape.height / 2 || x >= shape.width / 2) continue;
    const size_t at = (size_t(y) * (shape.width / 2) + x) * channels;
    float* const* first = &to[2 * outputs_side * (i / 2) + 2 * (i % 2)];
    vector_kernels().pool({first[0], first[1], first[outputs_side], first[outputs_side + 1]},
                          shape.channels, run.output + at, run.winners ? run.winners + at : nullptr);
  }
}

void WinogradConvolution::run(ThreadPool& pool, const ConvolutionRun& run) {
  assert(pool.threads() <= threads_);
  const int tasks = (squares_ + at_once_ - 1) / at_once_;
  pool.run_by_thread(size_t(tasks), [&](size_t thread, size_t task) {
    const Scratch own = scratch(run.scratch, thread);
    const int first = int(task) * at_once_, count = std::min(at_once_, squares_ - first);
    for (int i = 0; i < count; ++i) {
      transform_pixels(place(first + i), run.input, own.pixels + size_t(i) * in_);
    }
    for (const Phase& phase : phases_) {
      multiply(phase, count, own);
      for (int i = 0; i < count; ++i) {
        transform_products(phase, place(first + i),
                           own.products + size_t(i) * shape_.output.channels, own.outputs, run);
      }
    }
  });
}

}  // namespace limpid
