// The squares of a convolution in winograd.h's way: where they lie, and what of them counts.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/engine/convolution.h"
#include "core/engine/phases.h"
#include "core/engine/winograd.h"

namespace limpid {

// Whether a convolution of 3 x 3 taps, or the phases of a transposed one, may be computed so, and
// the transforms cost less than they save.
bool winograd_suits(const ConvolutionShape& shape);

// An output depends on its taps alone, but its rounding on the whole square of its place: tiles
// give the bits of the whole where squares begin at the same pixels, and so much further from their
// ends.
constexpr int winograd_further = winograd_outputs - 1;

// The outputs at every step-th place from (y, x) on, as in phases.h. Taps that a phase lacks leave
// positions zero: of two taps a side, 25 of 36 are left.
struct WinogradPhase {
  int y = 0, x = 0;
  PhaseTaps rows = {}, cols = {};
  std::vector<int> positions = {};  // that are not zero
};

class WinogradSquares {
 public:
  explicit WinogradSquares(const ConvolutionShape& shape);  // winograd_suits(shape)

  int rows() const { return rows_; }  // of squares
  int cols() const { return cols_; }
  int count() const { return rows_ * cols_; }
  int channels() const { return channels_; }  // of a square's pixels, in whole vectors
  const std::vector<WinogradPhase>& phases() const { return phases_; }

  // Its pixels at all positions, (position, square, channel), each `position` floats further.
  void transform_pixels(int square, const float* input, float* to, size_t position) const;

  // Index of the output pixel i, 0 .. 15, of a square; nothing outside of the picture.
  std::optional<size_t> output(const WinogradPhase& phase, int square, int i) const;

  // The place in a kernel (kernel, kernel) of a phase's tap (y, x), 0 .. 2 each; nothing if it has
  // none.
  std::optional<size_t> tap(const WinogradPhase& phase, int y, int x) const;

  const float* zeros() const { return zeros_.data(); }  // of so many channels as either picture has

 private:
  const Shape input_, output_;
  const int kernel_, step_, rows_, cols_, channels_;
  std::vector<WinogradPhase> phases_;
  std::vector<float> zeros_;
};

}  // namespace limpid
