#include "core/tiling.h"

#include <algorithm>
#include <cassert>
#include <cstdint>

namespace limpid {
namespace {

int64_t round_up(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace

int Cut::start(int i) const {
  assert(i >= 0 && i < count);
  return i + 1 < count ? i * step : length - side;
}

int Cut::own(int i) const {
  assert(i >= 0 && i <= count);
  if (i == 0) return 0;
  return i == count ? length : start(i) + radius;
}

std::vector<Cut> ways_to_cut(int length, int multiple, int radius) {
  assert(length > 0 && length % multiple == 0 && radius >= 0);
  std::vector<Cut> ways = {{.length = length, .side = length, .step = length, .radius = radius}};
  const int64_t overlap = round_up(int64_t(2) * radius, multiple);
  const int64_t smallest = overlap + multiple;
  // n tiles reach over side + (n - 1) * (side - overlap).
  for (int64_t n = 2; ways.back().side > smallest; ++n) {
    const int64_t side = round_up((length + (n - 1) * overlap + n - 1) / n, multiple);
    if (side < ways.back().side) {
      ways.push_back({.length = length,
                      .side = int(side),
                      .step = int(side - overlap),
                      .count = int(n),
                      .radius = radius});
    }
  }
  std::reverse(ways.begin(), ways.end());
  return ways;
}

}  // namespace limpid
