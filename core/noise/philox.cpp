#include "core/noise/philox.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cfloat>
#include <cmath>

#ifdef __FAST_MATH__
#error "the same bits on every machine need IEEE 754 arithmetic: build without -ffast-math"
#endif

namespace limpid {

static_assert(FLT_EVAL_METHOD == 0, "floats must be computed as floats");

namespace {

// Natural logarithm of a normal positive number: x = m 2^e with m in sqrt(1/2) .. sqrt(2), and
// log m = 2 atanh((m - 1) / (m + 1)) by its series, of which the next term is below 1e-9.
inline float logarithm(float x) {
  constexpr uint32_t sqrt_half = 0x3F3504F3;  // the bits of the float
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  const int32_t e = int32_t(bits - sqrt_half) >> 23;
  const float m = std::bit_cast<float>(bits - (uint32_t(e) << 23));
  const float s = (m - 1) / (m + 1);
  const float z = s * s;
  const float series = 2.0f + z * (2.0f / 3 + z * (2.0f / 5 + z * (2.0f / 7 + z * (2.0f / 9))));
  return float(e) * 0.693147181f + s * series;  // ln 2
}

// Both branches are computed, so that the loop over many values is vectorized. AS 241's third
// branch begins at a tail of exp(-25), far below our smallest, 2^-24.
inline float gaussian_of(uint32_t bits) {
  const float p = uniform(bits);
  const float q = p - 0.5f;

  const float r = 0.180625f - q * q;  // 0.425 squared
  const float center =
      q * (((59.109374720f * r + 159.29113202f) * r + 50.434271938f) * r + 3.3871327179f) /
      (((67.187563600f * r + 78.757757664f) * r + 17.895169469f) * r + 1.0f);

  const float t = std::sqrt(-logarithm(std::min(p, 1 - p))) - 1.6f;
  const float tail =
      (((0.17023821103f * t + 1.3067284816f) * t + 2.7568153900f) * t + 1.4234372777f) /
      ((0.12021132975f * t + 0.73700164250f) * t + 1.0f);

  return std::fabs(q) <= 0.425f ? center : std::copysign(tail, q);
}

}  // namespace

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

float gaussian(uint32_t bits) { return gaussian_of(bits); }

void gaussian(std::span<const uint32_t> bits, std::span<float> normal) {
  assert(bits.size() == normal.size());
  for (size_t i = 0; i < bits.size(); ++i) normal[i] = gaussian_of(bits[i]);
}

}  // namespace limpid
