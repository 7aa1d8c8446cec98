#include "core/ui/viewer/tile_cache.h"

#include <algorithm>
#include <limits>

namespace limpid {

const TileCache::Tile* TileCache::find(int picture, TilePlace place) const {
  const auto found = tiles_.find({picture, place});
  return found == tiles_.end() ? nullptr : &found->second.tile;
}

const TileCache::Tile* TileCache::see(int picture, TilePlace place) {
  const auto found = tiles_.find({picture, place});
  if (found == tiles_.end()) return nullptr;
  found->second.seen = frame_;
  return &found->second.tile;
}

void TileCache::put(int picture, TilePlace place, Tile tile) {
  tiles_[{picture, place}] = {tile, frame_};
}

std::vector<unsigned> TileCache::next_frame() {
  std::vector<unsigned> textures;
  while (tiles_.size() > most_) {
    const auto oldest = std::min_element(
        tiles_.begin(), tiles_.end(),
        [](const auto& a, const auto& b) { return a.second.seen < b.second.seen; });
    if (oldest->second.seen == frame_) break;
    textures.push_back(oldest->second.tile.texture);
    tiles_.erase(oldest);
  }
  ++frame_;
  return textures;
}

std::vector<unsigned> TileCache::forget_unseen(int picture) {
  return forget_before(frame_ - 1, picture);
}

std::vector<unsigned> TileCache::forget(int picture) {
  return forget_before(std::numeric_limits<int64_t>::max(), picture);
}

std::vector<unsigned> TileCache::forget_before(int64_t frame, int picture) {
  std::vector<unsigned> textures;
  std::erase_if(tiles_, [&](const auto& tile) {
    if (tile.first.picture != picture || tile.second.seen >= frame) return false;
    textures.push_back(tile.second.tile.texture);
    return true;
  });
  return textures;
}

}  // namespace limpid
