// Gradients by the kernel as run_filter_gradient makes them, by products of warpgroups: bf16 on
// Hopper.
#pragma once

#include "native/cuda/filter_gradient.h"

namespace limpid::cuda {

// Taps of the kernel, `taps` x `taps` of one parity, that see fine pixels side by side: the first
// is (row, column), the next ones a stride further. Those past the kernel's end do not exist.
struct TapSquare {
  int row = 0, column = 0;
};

constexpr int most_taps = 3;
constexpr int max_squares = 4;  // of kernels of 5, of 6 at stride 2

// How the products are cut. A block takes a square of taps and of the channels of either side 64,
// or 128 of one where a warpgroup's sums leave room for as many more warpgroups.
struct FilterTiles {
  int taps = 1;
  int coarse = 1, fine = 1;  // 64s of channels of a block, of which at most one is 2
  int down = 1, across = 1;  // blocks for all coarse channels; for all squares and fine channels
  int blocks_on_multiprocessor = 1;
  int rounds = 0;  // of a picture: 8 x 8 coarse pixels each
  int squares = 0;
  TapSquare square[max_squares] = {};
};
FilterTiles filter_tiles(const Connection& connection);

void run_warpgroup_filter_gradient(DeviceStream& stream,
                                   const FilterGradientRun<Precision::bf16>& run);

}  // namespace limpid::cuda
