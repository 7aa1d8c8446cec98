#include "core/ui/viewer/tiles.h"

#include <algorithm>
#include <cmath>

namespace limpid {
namespace {

// Of a tile's side, in pixels of the picture.
float reach(int level) { return std::ldexp(float(tile_side), level); }

struct Range {
  int first = 0;
  int end = 0;  // behind the last
};

// The tiles of a level that low .. high touches, of a picture that is `side` long.
Range range(float low, float high, int side, int level) {
  const int count = int(std::ceil(float(side) / reach(level)));
  const float first = std::floor(low / reach(level)), end = std::ceil(high / reach(level));
  return {int(std::clamp(first, 0.0f, float(count))), int(std::clamp(end, 0.0f, float(count)))};
}

}  // namespace

int seen_level(float zoom, int levels) {
  int level = 0;
  while (level + 1 < levels && std::ldexp(zoom, level + 1) <= 1) ++level;
  return level;
}

std::vector<TilePlace> seen_tiles(const View& view, const Area& area, int width, int height,
                                  int level) {
  const Point low = to_picture(view, area, area.low), high = to_picture(view, area, area.high);
  const Range rows = range(low.y, high.y, height, level);
  const Range columns = range(low.x, high.x, width, level);
  std::vector<TilePlace> places;
  for (int row = rows.first; row < rows.end; ++row) {
    for (int column = columns.first; column < columns.end; ++column) {
      places.push_back({level, row, column});
    }
  }
  const auto distance = [&](const TilePlace& place) {
    return std::hypot((float(place.column) + 0.5f) * reach(level) - view.center.x,
                      (float(place.row) + 0.5f) * reach(level) - view.center.y);
  };
  std::sort(places.begin(), places.end(), [&](const TilePlace& a, const TilePlace& b) {
    const float to_a = distance(a), to_b = distance(b);
    return to_a != to_b ? to_a < to_b : a < b;
  });
  return places;
}

Area extent(TilePlace place, int width, int height) {
  const float side = reach(place.level);
  return {{float(place.column) * side, float(place.row) * side},
          {std::min(float(place.column + 1) * side, float(width)),
           std::min(float(place.row + 1) * side, float(height))}};
}

TilePlace coarser(TilePlace place, int level) {
  const int up = level - place.level;
  return {level, place.row >> up, place.column >> up};
}

Area part_of(TilePlace place, TilePlace tile, int width, int height) {
  const Area area = extent(place, width, height), whole = extent(tile, width, height);
  const auto x = [&](float at) { return std::ldexp(at - whole.low.x, -tile.level); };
  const auto y = [&](float at) { return std::ldexp(at - whole.low.y, -tile.level); };
  return {{x(area.low.x), y(area.low.y)}, {x(area.high.x), y(area.high.y)}};
}

}  // namespace limpid
