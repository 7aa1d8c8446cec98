// A picture on the graphics card: those tiles of its pyramid that are looked at, put there a few a
// frame, so that no frame waits for it. Needs a current GL context.
#pragma once

#include <cstdint>
#include <vector>

#include "core/image/pyramid.h"
#include "core/ui/gl.h"
#include "core/ui/viewer/tile_cache.h"

namespace limpid {

class PictureTexture {
 public:
  // The cache must outlive this.
  explicit PictureTexture(TileCache& cache) : cache_(cache), number_(cache.new_picture()) {}
  ~PictureTexture() { set(nullptr); }
  PictureTexture(const PictureTexture&) = delete;
  PictureTexture& operator=(const PictureTexture&) = delete;

  // Shows another picture from now on. Of the same size, the old pixels stay until the new ones are
  // there.
  void set(const SharedPyramid& picture);
  bool empty() const { return !picture_; }
  const Pyramid& picture() const { return *picture_; }
  // Another number whenever other pixels are to be seen; no two pictures have the same.
  uint64_t content() const { return content_; }

  // Puts up to so many of the tiles that are not there on the card, and returns how many. The
  // coarsest level, one tile, comes first; `missing` becomes true when some are left.
  int fill(const std::vector<TilePlace>& seen, int most, bool& missing);

  // What to draw a tile's place with: the tile, or else the part of a coarser one, in texture
  // coordinates. No texture while there is nothing.
  struct Part {
    GLuint texture = 0;
    Area area;
    bool exact = false;  // in the picture's own pixels
  };
  Part part(TilePlace place) const;

 private:
  void put(TilePlace place);

  TileCache& cache_;
  const int number_;
  SharedPyramid picture_;
  int version_ = 0;  // raised with each picture
  uint64_t content_ = 0;
  std::vector<uint8_t> bytes_;
};

}  // namespace limpid
