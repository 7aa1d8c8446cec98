#include "core/ui/viewer/picture_texture.h"

#include <algorithm>

namespace limpid {
namespace {

// Around each tile, of its neighbours: so that blending goes on over its edges.
constexpr int border = 1;

uint64_t changes = 0;  // of all pictures

void remove(const std::vector<unsigned>& textures) {
  for (const GLuint texture : textures) glDeleteTextures(1, &texture);
}

struct Rectangle {
  int left = 0, top = 0, width = 0, height = 0;  // may reach over the level's ends
};

// As red, green, blue and full alpha of 8 bits each.
template <class Step>
void copy_pixels(const Raster& level, const std::vector<Step>& steps, const Rectangle& from,
                 uint8_t* to) {
  const int channels = level.channels, other = channels == 3 ? 1 : 0;
  const uint32_t white = uint32_t(level.maximum);
  const auto byte = [&](Step step) {
    return white == 255 ? uint8_t(step) : uint8_t((step * 255u + white / 2) / white);
  };
  for (int y = from.top; y < from.top + from.height; ++y) {
    const Step* row =
        &steps[size_t(std::clamp(y, 0, level.height - 1)) * size_t(level.width) * size_t(channels)];
    for (int x = from.left; x < from.left + from.width; ++x, to += 4) {
      const Step* pixel = row + size_t(std::clamp(x, 0, level.width - 1)) * size_t(channels);
      to[0] = byte(pixel[0]);
      to[1] = byte(pixel[other]);
      to[2] = byte(pixel[2 * other]);
      to[3] = 255;
    }
  }
}

Rectangle rectangle_of(TilePlace place, const Raster& level) {
  const int left = place.column * tile_side, top = place.row * tile_side;
  return {left - border, top - border, std::min(tile_side, level.width - left) + 2 * border,
          std::min(tile_side, level.height - top) + 2 * border};
}

}  // namespace

void PictureTexture::set(const SharedPyramid& picture) {
  if (picture == picture_) return;
  const bool same_size = picture && picture_ && picture->picture().same_size(picture_->picture());
  remove(same_size ? cache_.forget_unseen(number_) : cache_.forget(number_));
  picture_ = picture;
  ++version_;
  content_ = ++changes;
}

int PictureTexture::fill(const std::vector<TilePlace>& seen, int most, bool& missing) {
  if (!picture_) return 0;
  int filled = 0;
  const auto want = [&](TilePlace place) {
    const TileCache::Tile* tile = cache_.see(number_, place);
    if (tile && tile->version == version_) return;
    if (filled < most) {
      put(place);
      ++filled;
    } else {
      missing = true;
    }
  };
  want({int(picture_->levels.size()) - 1, 0, 0});
  for (const TilePlace& place : seen) want(place);
  return filled;
}

void PictureTexture::put(TilePlace place) {
  const Raster& level = picture_->levels[size_t(place.level)];
  const Rectangle from = rectangle_of(place, level);
  bytes_.resize(size_t(from.width) * size_t(from.height) * 4);
  std::visit([&](const auto& steps) { copy_pixels(level, steps, from, bytes_.data()); },
             level.steps);
  const TileCache::Tile* old = cache_.find(number_, place);
  GLuint texture = old ? old->texture : 0;
  if (!old) glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, from.width, from.height, 0, GL_RGBA, GL_UNSIGNED_BYTE,
               bytes_.data());
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  cache_.put(number_, place, {texture, version_});
  content_ = ++changes;
}

PictureTexture::Part PictureTexture::part(TilePlace place) const {
  if (!picture_) return {};
  const int levels = int(picture_->levels.size());
  for (int level = place.level; level < levels; ++level) {
    const TilePlace tile = coarser(place, level);
    const TileCache::Tile* there = cache_.find(number_, tile);
    if (!there) continue;
    const Rectangle whole = rectangle_of(tile, picture_->levels[size_t(level)]);
    const Area at = part_of(place, tile, picture_->width(), picture_->height());
    const auto x = [&](float pixel) { return (pixel + border) / float(whole.width); };
    const auto y = [&](float pixel) { return (pixel + border) / float(whole.height); };
    return {there->texture, {{x(at.low.x), y(at.low.y)}, {x(at.high.x), y(at.high.y)}}, level == 0};
  }
  return {};
}

}  // namespace limpid
