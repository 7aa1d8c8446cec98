#include "core/image/raster.h"

namespace limpid {

Raster::Raster(int h, int w, int c, int most) : height(h), width(w), channels(c), maximum(most) {
  assert(most >= 1 && most <= 65535);
  if (most > 255)
    steps = std::vector<uint16_t>(count());
  else
    steps = std::vector<uint8_t>(count());
}

const void* Raster::data() const {
  return std::visit([](const auto& values) -> const void* { return values.data(); }, steps);
}

uint32_t Raster::step(size_t i) const {
  assert(i < count());
  const auto* bytes = std::get_if<std::vector<uint8_t>>(&steps);
  return bytes ? (*bytes)[i] : (*std::get_if<std::vector<uint16_t>>(&steps))[i];
}

void Raster::set_step(size_t i, uint32_t step) {
  assert(i < count());
  if (auto* bytes = std::get_if<std::vector<uint8_t>>(&steps))
    (*bytes)[i] = uint8_t(step);
  else
    (*std::get_if<std::vector<uint16_t>>(&steps))[i] = uint16_t(step);
}

float Raster::at(int y, int x, int c) const {
  assert(y >= 0 && y < height && x >= 0 && x < width && c >= 0 && c < channels);
  const size_t i = (size_t(y) * size_t(width) + size_t(x)) * size_t(channels) + size_t(c);
  return float(step(i)) / float(maximum);
}

bool is_gray(const Raster& raster) { return is_gray(raster, 0, 0, raster.height, raster.width); }

bool is_gray(const Raster& raster, int y, int x, int height, int width) {
  assert(y >= 0 && x >= 0 && height <= raster.height - y && width <= raster.width - x);
  if (raster.channels == 1) return true;
  return std::visit(
      [&](const auto& values) {
        const size_t pitch = size_t(raster.width) * 3;
        const auto* from = values.data() + size_t(y) * pitch + size_t(x) * 3;
        for (int i = 0; i < height; ++i, from += pitch) {
          for (size_t k = 0; k < size_t(width) * 3; k += 3) {
            if (from[k + 1] != from[k] || from[k + 2] != from[k]) return false;
          }
        }
        return true;
      },
      raster.steps);
}

Image crop(const Raster& raster, int y, int x, int height, int width) {
  assert(y >= 0 && x >= 0 && height >= 0 && width >= 0);
  assert(height <= raster.height - y && width <= raster.width - x);
  Image part(height, width, raster.channels);
  const float one = float(raster.maximum);
  const size_t row = size_t(width) * raster.channels,
               pitch = size_t(raster.width) * raster.channels;
  float* to = part.pixels.data();
  std::visit(
      [&](const auto& values) {
        const auto* from = values.data() + size_t(y) * pitch + size_t(x) * raster.channels;
        for (int i = 0; i < height; ++i, from += pitch) {
          for (size_t k = 0; k < row; ++k) *to++ = float(from[k]) / one;
        }
      },
      raster.steps);
  return part;
}

Image rows_of(const Raster& raster, int top, int count) {
  return crop(raster, top, 0, count, raster.width);
}

Image to_image(const Raster& raster) { return rows_of(raster, 0, raster.height); }

void put_rows(const Image& rows, int top, Raster& raster) {
  assert(top >= 0 && rows.height <= raster.height - top);
  assert(rows.width == raster.width && rows.channels == raster.channels);
  std::visit(
      [&](auto& values) {
        using Step = typename std::decay_t<decltype(values)>::value_type;
        auto* to = values.data() + size_t(top) * raster.width * raster.channels;
        for (const float value : rows.pixels) *to++ = Step(to_step(value, raster.maximum));
      },
      raster.steps);
}

Raster to_raster(const Image& image, int maximum) {
  Raster raster(image.height, image.width, image.channels, maximum);
  put_rows(image, 0, raster);
  return raster;
}

}  // namespace limpid
