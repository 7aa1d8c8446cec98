// Which parts of a picture's pyramid (core/image/pyramid.h) are looked at: tiles of its levels.
#pragma once

#include <compare>
#include <vector>

#include "core/ui/viewer/view.h"

namespace limpid {

constexpr int tile_side = 256;  // in pixels of the tile's level; less where the picture ends

struct TilePlace {
  int level = 0;
  int row = 0;
  int column = 0;

  auto operator<=>(const TilePlace&) const = default;
};

// The coarsest of the levels whose pixels are no larger than the screen's. `zoom`: screen pixels
// for one of the picture's.
int seen_level(float zoom, int levels);

// The tiles of that level that lie in the area, those nearest to its middle first.
std::vector<TilePlace> seen_tiles(const View& view, const Area& area, int width, int height,
                                  int level);

// Where a tile lies in the picture, in pixels of the picture.
Area extent(TilePlace place, int width, int height);

// The tile of a coarser level, or of the same, that shows that place too.
TilePlace coarser(TilePlace place, int level);

// Where the place lies in that coarser tile, in pixels of the tile.
Area part_of(TilePlace place, TilePlace tile, int width, int height);

}  // namespace limpid
