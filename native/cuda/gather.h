// Convolutions of all kinds as one: each pixel of a destination gathers source pixels, one for each
// tap.
//
// A convolution connects a coarse picture (a conv's output, a transposed conv's input) and a fine
// one: coarse pixel y meets fine pixels stride * y + t - pad. Seen from the coarse side every pixel
// has all taps. Seen from the fine side with stride 2, pixels fall into four phases by the parity
// of row and column, each with taps of its own; within a phase it is again a plain convolution.
#pragma once

#include <cstdint>

#include "core/image/batch.h"

namespace limpid::cuda {

constexpr int max_taps = 36;  // 6 x 6: a 5 x 5 convolution behind an upsampling
constexpr int max_phases = 4;

struct Tap {
  int8_t dy = 0, dx = 0;  // of the source pixel, from step * (row, col)
  int8_t index = 0;       // row-major in the kernel
};

struct Phase {
  int first = 0, taps = 0;  // of Gather::taps
  int row = 0, col = 0;     // destination pixel: spread * (y, x) + (row, col)
};

struct Gather {
  Shape source, destination;
  int rows = 0, cols = 0;  // of pixels (y, x) in each phase
  int step = 1;            // source pixels for one (y, x)
  int spread = 1;          // destination pixels for one (y, x)
  int kernel_taps = 0;     // of the kernel as it lies in memory
  int phases = 1;
  Phase phase[max_phases] = {};
  Tap taps[max_taps] = {};
};

struct Connection {
  Shape coarse, fine;
  int kernel = 3, stride = 1, pad = 0;
};

Gather gather_into_coarse(const Connection& connection);
Gather gather_into_fine(const Connection& connection);

}  // namespace limpid::cuda
