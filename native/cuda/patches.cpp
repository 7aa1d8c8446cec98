#include "native/cuda/patches.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace limpid::cuda {
namespace {

int parity(int offset, int step) { return (offset % step + step) % step; }

// Puts the taps of a phase that fall on one parity behind those already there.
Patch collect(const Gather& gather, const Phase& phase, int row, int col, PatchPlan& plan,
              int& taps) {
  constexpr int far = std::numeric_limits<int>::max();
  Patch patch{.first = taps, .y = far, .x = far};
  for (int t = phase.first; t < phase.first + phase.taps; ++t) {
    const Tap& tap = gather.taps[t];
    if (parity(tap.dy, gather.step) != row || parity(tap.dx, gather.step) != col) continue;
    plan.taps[taps++] = tap;
    patch.y = std::min<int>(patch.y, tap.dy);
    patch.x = std::min<int>(patch.x, tap.dx);
  }
  patch.taps = taps - patch.first;
  for (int t = patch.first; t < taps; ++t) {
    Tap& tap = plan.taps[t];
    tap.dy = int8_t((tap.dy - patch.y) / gather.step);
    tap.dx = int8_t((tap.dx - patch.x) / gather.step);
    plan.height = std::max(plan.height, patch_tile_height + tap.dy);
    plan.width = std::max(plan.width, patch_tile_width + tap.dx);
  }
  return patch;
}

}  // namespace

PatchPlan plan_patches(const Gather& gather) {
  assert(gather.phases * gather.step * gather.step <= max_patches);
  PatchPlan plan{.of_phase = 0};
  int patches = 0, taps = 0;
  for (int p = 0; p < gather.phases; ++p) {
    for (int parities = 0; parities < gather.step * gather.step; ++parities) {
      const Patch patch = collect(gather, gather.phase[p], parities / gather.step,
                                  parities % gather.step, plan, taps);
      if (patch.taps > 0 || gather.phases > 1) plan.patch[patches++] = patch;
    }
    if (p == 0) plan.of_phase = patches;
    assert(patches == (p + 1) * plan.of_phase);
  }
  return plan;
}

}  // namespace limpid::cuda
