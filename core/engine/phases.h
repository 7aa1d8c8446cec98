// What a convolution's outputs read, by the phase of their place.
#pragma once

#include <vector>

#include "core/engine/convolution.h"

namespace limpid {

// Along rows or columns: the kernel taps that output pixels step * i + phase take, `step` 2 of a
// transposed convolution (of stride 2) and 1 otherwise, and the input pixels i + offset they read
// (stride * i + offset of a convolution). Phases: 0 .. step - 1.
struct PhaseTaps {
  std::vector<int> taps, offsets;
};
PhaseTaps phase_taps(const ConvolutionShape& shape, int phase);

}  // namespace limpid
