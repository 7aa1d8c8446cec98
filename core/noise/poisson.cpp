#include "core/noise/poisson.h"

#include "core/noise/noisy_value.h"

namespace limpid {

double poisson(double mean, uint32_t bits) { return noisy_value::poisson(mean, bits); }

}  // namespace limpid
