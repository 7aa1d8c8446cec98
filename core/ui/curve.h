// A curve as it is drawn: no more points than can be seen.
#pragma once

#include <vector>

#include "core/ui/viewer/view.h"

namespace limpid {

// Of points whose x never falls, those that look the same when joined by lines: of all within one
// column of pixels the first, the lowest, the highest and the last.
std::vector<Point> thinned(const std::vector<Point>& points);

}  // namespace limpid
