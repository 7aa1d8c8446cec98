#include "native/cuda/gather.h"

#include <cassert>

namespace limpid::cuda {

Gather gather_into_coarse(const Connection& c) {
  assert(c.fine.height == c.stride * c.coarse.height && c.fine.width == c.stride * c.coarse.width);
  Gather gather{.source = c.fine,
                .destination = c.coarse,
                .rows = c.coarse.height,
                .cols = c.coarse.width,
                .step = c.stride,
                .kernel_taps = c.kernel * c.kernel};
  assert(gather.kernel_taps <= max_taps);
  gather.phase[0].taps = gather.kernel_taps;
  for (int t = 0; t < gather.kernel_taps; ++t) {
    gather.taps[t] = {int8_t(t / c.kernel - c.pad), int8_t(t % c.kernel - c.pad), int8_t(t)};
  }
  return gather;
}

// Fine row stride * y + r meets coarse row y + (r + pad - t) / stride by each tap t for which that
// is whole.
Gather gather_into_fine(const Connection& c) {
  assert(c.fine.height == c.stride * c.coarse.height && c.fine.width == c.stride * c.coarse.width);
  Gather gather{.source = c.coarse,
                .destination = c.fine,
                .rows = c.coarse.height,
                .cols = c.coarse.width,
                .spread = c.stride,
                .kernel_taps = c.kernel * c.kernel,
                .phases = c.stride * c.stride};
  assert(gather.kernel_taps <= max_taps && gather.phases <= max_phases);
  int taps = 0;
  for (int p = 0; p < gather.phases; ++p) {
    Phase& phase = gather.phase[p];
    phase = {.first = taps, .row = p / c.stride, .col = p % c.stride};
    for (int t = 0; t < gather.kernel_taps; ++t) {
      const int dy = phase.row + c.pad - t / c.kernel, dx = phase.col + c.pad - t % c.kernel;
      if (dy % c.stride != 0 || dx % c.stride != 0) continue;
      gather.taps[taps++] = {int8_t(dy / c.stride), int8_t(dx / c.stride), int8_t(t)};
    }
    phase.taps = taps - phase.first;
  }
  return gather;
}

}  // namespace limpid::cuda
