// Convolutions that are computed in squares: sizes around whole squares, channels around vectors.
#pragma once

#include <utility>
#include <vector>

#include "tests/plain_convolution.h"

namespace limpid {

inline std::vector<ConvolutionShape> winograd_shapes() {
  std::vector<ConvolutionShape> all;
  for (const bool transposed : {false, true}) {
    for (const Shape size : {Shape{1, 1, 0}, {3, 5, 0}, {4, 8, 0}, {6, 50, 0}, {17, 30, 0}}) {
      for (const auto& [in, out] : {std::pair(8, 8), {17, 9}, {9, 40}, {40, 72}, {64, 65}}) {
        const Shape input = {size.height, size.width, in};
        ConvolutionShape shape =
            convolution_of(transposed, transposed ? 4 : 3, transposed ? 2 : 1, input, out);
        shape.negative = 0.1f * float(all.size() % 3);
        all.push_back(shape);
      }
    }
  }
  return all;
}

}  // namespace limpid
