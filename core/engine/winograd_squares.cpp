#include "core/engine/winograd_squares.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "core/engine/vector_kernels.h"

namespace limpid {
namespace {

constexpr int side = winograd_side, outputs = winograd_outputs, positions = winograd_positions;

int squares_along(int length) { return (length + outputs - 1) / outputs; }

bool has(const PhaseTaps& taps, int offset) {
  return std::find(taps.offsets.begin(), taps.offsets.end(), offset) != taps.offsets.end();
}

// Of the positions along a side the first is the first tap's alone, the last the last tap's.
bool is_zero(const PhaseTaps& taps, int position) {
  return (position == 0 && !has(taps, -1)) || (position == side - 1 && !has(taps, 1));
}

WinogradPhase make_phase(const ConvolutionShape& shape, int y, int x) {
  WinogradPhase phase{.y = y, .x = x, .rows = phase_taps(shape, y), .cols = phase_taps(shape, x)};
  for (int p = 0; p < positions; ++p) {
    if (is_zero(phase.rows, p / side) || is_zero(phase.cols, p % side)) continue;
    phase.positions.push_back(p);
  }
  return phase;
}

}  // namespace

bool winograd_suits(const ConvolutionShape& shape) {
  constexpr int fewest = 8;  // channels
  if (!shape.squares || shape.input.channels < fewest || shape.output.channels < fewest) {
    return false;
  }
  if (shape.transposed) {
    return shape.stride == 2 && shape.kernel == 4 && shape.pad == 1 && !shape.pooled;
  }
  return shape.stride == 1 && shape.kernel == 3 && shape.pad == 1;
}

WinogradSquares::WinogradSquares(const ConvolutionShape& shape)
    : input_(shape.input),
      output_(shape.output),
      kernel_(shape.kernel),
      step_(shape.transposed ? 2 : 1),
      rows_(squares_along(shape.input.height)),
      cols_(squares_along(shape.input.width)),
      channels_(whole_vectors(shape.input.channels)),
      zeros_(size_t(std::max(channels_, whole_vectors(shape.output.channels)))) {
  assert(winograd_suits(shape));
  for (int y = 0; y < step_; ++y) {
    for (int x = 0; x < step_; ++x) phases_.push_back(make_phase(shape, y, x));
  }
}

void WinogradSquares::transform_pixels(int square, const float* input, float* to,
                                       size_t position) const {
  const int top = square / cols_ * outputs - 1, left = square % cols_ * outputs - 1;
  std::array<const float*, positions> pixels;
  for (int p = 0; p < positions; ++p) {
    const int y = top + p / side, x = left + p % side;
    const bool inside = y >= 0 && y < input_.height && x >= 0 && x < input_.width;
    pixels[p] = inside ? input + (size_t(y) * input_.width + x) * input_.channels : zeros();
  }
  vector_kernels().winograd_pixels(pixels.data(), channels_, to, position);
}

std::optional<size_t> WinogradSquares::output(const WinogradPhase& phase, int square, int i) const {
  const int y = step_ * (square / cols_ * outputs + i / outputs) + phase.y;
  const int x = step_ * (square % cols_ * outputs + i % outputs) + phase.x;
  if (y >= output_.height || x >= output_.width) return std::nullopt;
  return size_t(y) * output_.width + x;
}

std::optional<size_t> WinogradSquares::tap(const WinogradPhase& phase, int y, int x) const {
  const auto along = [](const PhaseTaps& taps, int offset) -> std::optional<size_t> {
    const auto at = std::find(taps.offsets.begin(), taps.offsets.end(), offset);
    if (at == taps.offsets.end()) return std::nullopt;
    return size_t(taps.taps[at - taps.offsets.begin()]);
  };
  const auto row = along(phase.rows, y - 1), col = along(phase.cols, x - 1);
  if (!row || !col) return std::nullopt;
  return *row * kernel_ + *col;
}

}  // namespace limpid
