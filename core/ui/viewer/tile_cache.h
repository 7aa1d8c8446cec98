// Which tiles are on the graphics card: so many at most, those that were not seen for longest make
// room for others. Knows textures by their names only, and leaves GL to who uses it.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "core/ui/viewer/tiles.h"

namespace limpid {

class TileCache {
 public:
  struct Tile {
    unsigned texture = 0;
    int version = 0;  // of the picture whose pixels it has
  };

  explicit TileCache(size_t most) : most_(most) {}

  // A number for a picture's tiles.
  int new_picture() { return ++pictures_; }

  // Null when it is not there.
  const Tile* find(int picture, TilePlace place) const;
  // The same, and it counts as seen in this frame.
  const Tile* see(int picture, TilePlace place);
  // In the place of what was there; it counts as seen. The texture's owner deletes it when one of
  // the functions below gives it back.
  void put(int picture, TilePlace place, Tile tile);

  // Ends a frame. More than `most` stay only when all of them were seen in it.
  std::vector<unsigned> next_frame();
  // A picture's tiles that were not seen in this frame nor in the one before.
  std::vector<unsigned> forget_unseen(int picture);
  std::vector<unsigned> forget(int picture);

  size_t size() const { return tiles_.size(); }

 private:
  struct Key {
    int picture = 0;
    TilePlace place;
    auto operator<=>(const Key&) const = default;
  };
  struct Entry {
    Tile tile;
    int64_t seen = 0;  // the frame
  };
  // A picture's tiles that were last seen before that frame.
  std::vector<unsigned> forget_before(int64_t frame, int picture);

  const size_t most_;
  int pictures_ = 0;
  int64_t frame_ = 0;
  std::map<Key, Entry> tiles_;
};

}  // namespace limpid
