// The weights of means, many at a time.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace limpid {

// exp(-x) for x of 0 or more, to 3e-7 of itself; beyond 87 what it is there, below 2e-38. Without a
// branch or a call, so that compilers make vectors of loops over it; by 2^-n and the series of the
// exponential for what is left, at most ln 2 / 2.
inline float exponential_of_minus(float x) {
  constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;  // their sum, in more digits
  constexpr float log2_e = 1.44269504f;
  constexpr float rounding = 12582912;  // 1.5 x 2^23: what is added to it loses its fraction
  const float within = std::min(x, 87.0f);
  const float shifted = within * log2_e + rounding;
  const float n = shifted - rounding;
  const float rest = n * ln2_high - within + n * ln2_low;
  float series = 1.0f / 720;
  series = series * rest + 1.0f / 120;
  series = series * rest + 1.0f / 24;
  series = series * rest + 1.0f / 6;
  series = series * rest + 0.5f;
  series = series * rest + 1;
  series = series * rest + 1;
  const int32_t exponent = 127 - (std::bit_cast<int32_t>(shifted) - 0x4B400000);
  return series * std::bit_cast<float>(exponent << 23);
}

}  // namespace limpid
