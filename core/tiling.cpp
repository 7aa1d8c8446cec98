#include "core/tiling.h"

#include <algorithm>
#include <cassert>
#include <cstdint>

namespace limpid {

int Cut::start(int i) const {
  assert(i >= 0 && i < count);
  return i + 1 < count ? i * step : length - side;
}

int Cut::own(int i) const {
  assert(i >= 0 && i <= count);
  if (i == 0) return 0;
  return i == count ? length : start(i) + radius;
}

// All in multiples, but for a rest that every tile has at its end, as the picture has.
std::vector<Cut> ways_to_cut(int length, int multiple, int radius) {
  assert(length > 0 && multiple > 0 && radius >= 0);
  std::vector<Cut> ways = {{.length = length, .side = length, .step = length, .radius = radius}};
  const int64_t rest = length % multiple, whole = length / multiple;
  const int64_t overlap =
      (std::max(int64_t(0), int64_t(2) * radius - rest) + multiple - 1) / multiple;
  const int64_t smallest = (overlap + 1) * multiple + rest;
  // n tiles reach over side + (n - 1) * (side - overlap).
  for (int64_t n = 2; ways.back().side > smallest; ++n) {
    const int64_t multiples = (whole + (n - 1) * overlap + n - 1) / n;
    const int64_t side = multiples * multiple + rest;
    if (side < ways.back().side) {
      ways.push_back({.length = length,
                      .side = int(side),
                      .step = int((multiples - overlap) * multiple),
                      .count = int(n),
                      .radius = radius});
    }
  }
  std::reverse(ways.begin(), ways.end());
  return ways;
}

}  // namespace limpid
