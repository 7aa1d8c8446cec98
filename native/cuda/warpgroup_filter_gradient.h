// Gradients by the kernel as run_filter_gradient makes them, by products of warpgroups: bf16 on
// Hopper.
#pragma once

#include "native/cuda/filter_gradient.h"

namespace limpid::cuda {

// Taps of one row of the kernel whose fine pixels lie side by side, seen from coarse ones:
// (row, first), (row, first + stride) and so on.
struct TapRun {
  int row = 0, first = 0;
};

constexpr int most_taps_of_run = 3;
constexpr int max_runs = 12;  // 6 rows, two runs each

// How the products are cut. A block takes 64 coarse channels or 128, a run of taps, and of the fine
// channels 64, or 128 where that leaves both warpgroups work.
struct FilterTiles {
  int coarse = 1, fine = 1;  // 64s of channels of a block, of which at most one is 2
  int down = 1, across = 1;  // blocks for all coarse channels; for all runs and fine channels
  int taps = 1;              // of the longest run
  int runs = 0;
  TapRun run[max_runs] = {};
};
FilterTiles filter_tiles(const Connection& connection);

void run_warpgroup_filter_gradient(DeviceStream& stream,
                                   const FilterGradientRun<Precision::bf16>& run);

}  // namespace limpid::cuda
