#include "core/ui/curve.h"

#include <algorithm>
#include <cmath>

namespace limpid {

std::vector<Point> thinned(const std::vector<Point>& points) {
  std::vector<Point> seen;
  for (size_t first = 0; first < points.size();) {
    size_t end = first, low = first, high = first;
    for (; end < points.size() && std::floor(points[end].x) == std::floor(points[first].x); ++end) {
      if (points[end].y < points[low].y) low = end;
      if (points[end].y > points[high].y) high = end;
    }
    const auto [earlier, later] = std::minmax(low, high);
    size_t kept = points.size();  // the one before
    for (const size_t i : {first, earlier, later, end - 1}) {
      if (i != kept) seen.push_back(points[i]);
      kept = i;
    }
    first = end;
  }
  return seen;
}

}  // namespace limpid
