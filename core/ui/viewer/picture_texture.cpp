#include "core/ui/viewer/picture_texture.h"

#include <algorithm>

namespace limpid {
namespace {

uint8_t byte_of(float value) { return uint8_t(std::clamp(value, 0.0f, 1.0f) * 255 + 0.5f); }

uint64_t changes = 0;  // of all pictures

}  // namespace

PictureTexture::~PictureTexture() { release(); }

void PictureTexture::release() {
  for (const Tile& tile : tiles_) glDeleteTextures(1, &tile.texture);
  tiles_.clear();
}

void PictureTexture::set(const SharedImage& image) {
  if (image == image_) return;
  const bool same_size =
      image && image_ && image->width == image_->width && image->height == image_->height;
  image_ = image;
  content_ = ++changes;
  next_ = 0;
  if (same_size) return;
  release();
  if (!image) return;
  for (int y = 0; y < image->height; y += side) {
    for (int x = 0; x < image->width; x += side) {
      Tile tile{.x = x,
                .y = y,
                .width = std::min(side, image->width - x),
                .height = std::min(side, image->height - y)};
      glGenTextures(1, &tile.texture);
      tiles_.push_back(tile);
    }
  }
}

int PictureTexture::fill(int most) {
  int filled = 0;
  for (; next_ < tiles_.size() && filled < most; ++next_, ++filled) fill(tiles_[next_]);
  return filled;
}

void PictureTexture::fill(Tile& tile) {
  bytes_.resize(size_t(tile.width) * size_t(tile.height) * 4);
  const int step = image_->channels == 3 ? 1 : 0;
  uint8_t* to = bytes_.data();
  for (int y = 0; y < tile.height; ++y) {
    const float* from = &image_->pixels[image_->index(tile.y + y, tile.x, 0)];
    for (int x = 0; x < tile.width; ++x, from += image_->channels, to += 4) {
      to[0] = byte_of(from[0]);
      to[1] = byte_of(from[step]);
      to[2] = byte_of(from[2 * step]);
      to[3] = 255;
    }
  }
  glBindTexture(GL_TEXTURE_2D, tile.texture);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, tile.width, tile.height, 0, GL_RGBA, GL_UNSIGNED_BYTE,
               bytes_.data());
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_LINEAR);
  glGenerateMipmap(GL_TEXTURE_2D);
  tile.filled = true;
  content_ = ++changes;
}

}  // namespace limpid
