#include "core/noise/philox.h"

#include <algorithm>
#include <cassert>
#include <cfloat>

#include "core/noise/noisy_value.h"

#ifdef __FAST_MATH__
#error "the same bits on every machine need IEEE 754 arithmetic: build without -ffast-math"
#endif

namespace limpid {

static_assert(FLT_EVAL_METHOD == 0, "floats must be computed as floats");

void Sequence::fill(uint32_t first, std::span<uint32_t> bits) const {
  assert(first % 4 == 0);
  for (size_t i = 0; i < bits.size(); i += 4) {
    const std::array<uint32_t, 4> four = block(uint32_t((first + i) / 4));
    std::copy_n(four.begin(), std::min(bits.size() - i, size_t(4)), &bits[i]);
  }
}

uint32_t below(uint32_t n, uint32_t bits) {
  assert(n > 0);
  return uint32_t(uint64_t(bits) * n >> 32);
}

float gaussian(uint32_t bits) { return noisy_value::gaussian(bits); }

void gaussian(std::span<const uint32_t> bits, std::span<float> normal) {
  assert(bits.size() == normal.size());
  for (size_t i = 0; i < bits.size(); ++i) normal[i] = noisy_value::gaussian(bits[i]);
}

}  // namespace limpid
