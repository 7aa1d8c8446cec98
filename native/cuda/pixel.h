// Which pixel a row of a convolution's product is.
#pragma once

#include "native/cuda/gather.h"
#include "native/cuda/simt.h"

namespace limpid::cuda {

struct Pixel {
  int n, y, x;
};

// Pixels of a phase, picture by picture and row by row; where a 2 x 2 pool follows, window by
// window, the four pixels of one row by row.
__device__ inline Pixel pixel_of(const Gather& gather, bool pooled, int row) {
  if (!pooled) {
    const int y = row / gather.cols;
    return {y / gather.rows, y % gather.rows, row % gather.cols};
  }
  const int window = row / 4, cols = gather.cols / 2, rows = gather.rows / 2;
  const int y = window / cols;
  return {y / rows, y % rows * 2 + row / 2 % 2, window % cols * 2 + row % 2};
}

}  // namespace limpid::cuda
