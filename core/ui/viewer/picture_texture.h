// A picture on the graphics card, in tiles, so that it may be larger than a texture, and filled a
// few tiles a frame, so that no frame waits for it. Needs a current GL context.
#pragma once

#include <cstdint>
#include <vector>

#include "core/ui/gl.h"
#include "core/ui/work/event.h"

namespace limpid {

class PictureTexture {
 public:
  struct Tile {
    GLuint texture = 0;
    int x = 0, y = 0;  // of its first pixel
    int width = 0, height = 0;
    bool filled = false;
  };
  static constexpr int side = 1024;  // of a tile, in pixels

  PictureTexture() = default;
  ~PictureTexture();
  PictureTexture(const PictureTexture&) = delete;
  PictureTexture& operator=(const PictureTexture&) = delete;

  // Shows another picture from now on. Of the same size, the old pixels stay until the new ones are
  // there.
  void set(const SharedImage& image);
  // Fills up to so many tiles; returns how many it filled.
  int fill(int most);
  const std::vector<Tile>& tiles() const { return tiles_; }
  bool empty() const { return !image_; }
  // Another number whenever other pixels are to be seen; no two pictures have the same.
  uint64_t content() const { return content_; }

 private:
  void release();
  void fill(Tile& tile);

  SharedImage image_;
  uint64_t content_ = 0;
  std::vector<Tile> tiles_;
  size_t next_ = 0;  // first tile that may have to be filled
  std::vector<uint8_t> bytes_;
};

}  // namespace limpid
