// What noise makes of one value: the arithmetic behind add_noise(), which GPUs run as well.
//
// The bits are the same everywhere, for nothing is used but +, -, *, / and sqrt, which IEEE 754
// rounds exactly; so whatever includes this is compiled without fused multiply-add. Only
// blotches.cpp, mosaic.cpp, noise.cpp, philox.cpp, poisson.cpp and the GPU's kernels do.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "core/noise/philox.h"
#include "core/on_gpu_too.h"

namespace limpid::noisy_value {

// Natural logarithm of a normal positive number: x = m 2^e with m in sqrt(1/2) .. sqrt(2), and
// log m = 2 atanh((m - 1) / (m + 1)) by its series, of which the next term is below 1e-9.
constexpr float logarithm(float x) {
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
LIMPID_ON_GPU_TOO inline float gaussian(uint32_t bits) {
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

// exp(-x) for 0 <= x <= 30: its series at x / 64, where the first term left out is below 1e-16,
// then six squarings.
constexpr double exp_minus(double x) {
  const double step = x / -64;
  double term = 1;
  double sum = 1;
  for (int k = 1; k < 14; ++k) {
    term *= step / k;
    sum += term;
  }
  for (int i = 0; i < 6; ++i) sum *= sum;
  return sum;
}

// Adds up the probabilities of 0, 1, 2, ... until the sum passes the point. It always does: the
// sum's error is below 1e-13, and the last point is 1e-10 below 1.
constexpr double count_exactly(double mean, uint32_t bits) {
  const double point = (bits + 0.5) * 0x1p-32;
  double probability = exp_minus(mean);
  double sum = probability;
  int count = 0;
  while (sum <= point) {
    ++count;
    probability *= mean / count;
    sum += probability;
  }
  return count;
}

// Cornish and Fisher's expansion (1938) to the skewness, 1 / sqrt(mean). The term for the skewness
// adds 1/18 to the variance and the rounding 1/12: together 5/36.
LIMPID_ON_GPU_TOO inline double count_nearly(double mean, uint32_t bits) {
  const double n = gaussian(bits);
  const double count = mean + std::sqrt(mean - 5.0 / 36) * n + (n * n - 1) / 6;
  return std::max(0.0, std::floor(count + 0.5));
}

LIMPID_ON_GPU_TOO inline double poisson(double mean, uint32_t bits) {
  constexpr double largest_exact_mean = 30;
  if (!(mean > 0)) return 0;
  return mean <= largest_exact_mean ? count_exactly(mean, bits) : count_nearly(mean, bits);
}

// x with noise of strength s, of each kind; n is a standard normal value.
constexpr float with_gaussian(float x, float s, float n) { return x + s * n; }
constexpr float with_speckle(float x, float s, float n) { return x + x * s * n; }
constexpr float with_salt_pepper(float x, float s, uint32_t bits) {
  const float u = uniform(bits);
  if (u >= s) return x;
  return u < s / 2 ? 0.0f : 1.0f;
}
LIMPID_ON_GPU_TOO inline float with_poisson(float x, float s, uint32_t bits) {
  if (s == 0) return x;  // infinitely many events
  const double event = double(s) * s;
  return float(poisson(x / event, bits) * event);
}

}  // namespace limpid::noisy_value
