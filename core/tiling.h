// How the side of a picture is cut into equal tiles, so that what a network makes of the tiles fits
// together to what it makes of the whole.
#pragma once

#include <vector>

namespace limpid {

// The rows of a picture, or its columns, in tiles that overlap.
struct Cut {
  int length = 0;  // the picture's side
  int side = 0;    // of each tile, at most `length`
  int step = 0;    // from one tile's start to the next
  int count = 1;   // tiles
  int radius = 0;  // as TileRule's

  // First pixel of tile i; the last tile ends with the picture.
  int start(int i) const;
  // The tile's own pixels begin here and end where the next tile's begin, the last one's at
  // `length`. None of them sees an end of the tile that is not the picture's.
  int own(int i) const;
};

// Every useful way: with 1 tile, 2, 3, ... of the smallest side that so many tiles need. Sides go
// up, the last way is the whole. Tiles begin at multiples of `multiple` and end at such multiples
// before the end of the picture, as TileRule says.
std::vector<Cut> ways_to_cut(int length, int multiple, int radius);

}  // namespace limpid
