// How the source pixels of a convolution are brought: a tile of 16 x 8 pixels of a phase takes for
// every 64 source channels one patch, the tile with what lies around it, in which all taps are
// found. Where destination pixels step over two source pixels, there are four patches, by the
// parity of row and column, each with the taps that fall on it.
#pragma once

#include "native/cuda/gather.h"

namespace limpid::cuda {

constexpr int patch_tile_width_bits = 4;
constexpr int patch_tile_width = 1 << patch_tile_width_bits;  // pixels (y, x) of a phase
constexpr int patch_tile_height = 8;
constexpr int max_patches = 4;  // of all phases

struct Patch {              // one without taps is not brought
  int first = 0, taps = 0;  // of PatchPlan::taps
  int y = 0, x = 0;         // its first source pixel, from step * (first row, column of the tile)
};

struct PatchPlan {
  int of_phase = 1;           // patches: phase p has patch[p * of_phase] and the following
  int height = 0, width = 0;  // of every patch, in pixels that lie Gather::step apart
  Patch patch[max_patches] = {};
  Tap taps[max_taps] = {};  // dy and dx: rows and columns from where the tile's begin in the patch
};

// Gather::step is 1, or 2 with a single phase; at most max_patches phases.
PatchPlan plan_patches(const Gather& gather);

}  // namespace limpid::cuda
