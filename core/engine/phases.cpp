#include "core/engine/phases.h"

namespace limpid {

PhaseTaps phase_taps(const ConvolutionShape& shape, int phase) {
  PhaseTaps result;
  for (int k = 0; k < shape.kernel; ++k) {
    const int twice = phase + shape.pad - k;  // 2 (input row - y)
    if (shape.transposed && twice % 2 != 0) continue;
    result.taps.push_back(k);
    result.offsets.push_back(shape.transposed ? twice / 2 : k - shape.pad);
  }
  return result;
}

}  // namespace limpid
