#include "core/image/raster.h"

namespace limpid {

Raster::Raster(int h, int w, int c, int most) : height(h), width(w), channels(c), maximum(most) {
  assert(most >= 1 && most <= 65535);
  if (most > 255)
    steps = std::vector<uint16_t>(count());
  else
    steps = std::vector<uint8_t>(count());
}

float Raster::at(int y, int x, int c) const {
  assert(y >= 0 && y < height && x >= 0 && x < width && c >= 0 && c < channels);
  const size_t i = (size_t(y) * size_t(width) + size_t(x)) * size_t(channels) + size_t(c);
  return std::visit([&](const auto& values) { return float(values[i]) / float(maximum); }, steps);
}

bool is_gray(const Raster& raster) {
  if (raster.channels == 1) return true;
  return std::visit(
      [](const auto& values) {
        for (size_t i = 0; i < values.size(); i += 3) {
          if (values[i] != values[i + 1] || values[i] != values[i + 2]) return false;
        }
        return true;
      },
      raster.steps);
}

Image rows_of(const Raster& raster, int top, int count) {
  assert(top >= 0 && count >= 0 && count <= raster.height - top);
  Image rows(count, raster.width, raster.channels);
  const float one = float(raster.maximum);
  std::visit(
      [&](const auto& values) {
        const auto* from = values.data() + size_t(top) * raster.width * raster.channels;
        for (float& value : rows.pixels) value = float(*from++) / one;
      },
      raster.steps);
  return rows;
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
