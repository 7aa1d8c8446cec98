// The Poisson distribution.
#pragma once

#include <cstdint>

namespace limpid {

// How many events happen where `mean` are expected (0 below 0), at the point (bits + 1/2) / 2^32 of
// the distribution function. Exact up to a mean of 30; above it a normal value, corrected so that
// mean, variance and skewness are Poisson's, rounded. No function of the mathematics library but
// sqrt and floor is used, so every machine gives the same number.
double poisson(double mean, uint32_t bits);

}  // namespace limpid
