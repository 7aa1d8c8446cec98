// Values for tests: the same in every run.
#pragma once

#include <cstdint>
#include <vector>

#include "core/noise/philox.h"

namespace limpid {

// -1 .. 1
inline std::vector<float> random_values(size_t count, uint32_t item) {
  const Sequence sequence{.seed = 3, .stream = Stream::noise, .item = item};
  std::vector<float> values(count);
  for (size_t j = 0; j < count; ++j) values[j] = 2 * uniform(sequence.bits(uint32_t(j))) - 1;
  return values;
}

}  // namespace limpid
