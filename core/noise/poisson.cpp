#include "core/noise/poisson.h"

#include <algorithm>
#include <cmath>

#include "core/noise/philox.h"

namespace limpid {

namespace {

constexpr double largest_exact_mean = 30;

// exp(-x) for 0 <= x <= 30: its series at x / 64, where the first term left out is below 1e-16,
// then six squarings.
double exp_minus(double x) {
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
double count_exactly(double mean, uint32_t bits) {
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
double count_nearly(double mean, uint32_t bits) {
  const double n = gaussian(bits);
  const double count = mean + std::sqrt(mean - 5.0 / 36) * n + (n * n - 1) / 6;
  return std::max(0.0, std::floor(count + 0.5));
}

}  // namespace

double poisson(double mean, uint32_t bits) {
  if (!(mean > 0)) return 0;
  return mean <= largest_exact_mean ? count_exactly(mean, bits) : count_nearly(mean, bits);
}

}  // namespace limpid
