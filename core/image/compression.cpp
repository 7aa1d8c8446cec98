#include "core/image/compression.h"

#include <cassert>

#include "core/image/picture.h"
#include "core/image/raster.h"
#include "stb_image_write.h"

namespace limpid {

std::vector<uint8_t> compress_jpeg(std::span<const uint8_t> pixels, Shape shape, int quality) {
  assert(pixels.size() == size_t(shape.height) * shape.width * shape.channels);
  assert(quality >= 1 && quality <= 100);
  std::vector<uint8_t> file;
  const auto append = [](void* context, void* data, int size) {
    const auto* const bytes = static_cast<const uint8_t*>(data);
    auto* const out = static_cast<std::vector<uint8_t>*>(context);
    out->insert(out->end(), bytes, bytes + size);
  };
  stbi_write_jpg_to_func(append, &file, shape.width, shape.height, shape.channels, pixels.data(),
                         quality);
  return file;
}

Image as_jpeg(const Image& image, int quality) {
  std::vector<uint8_t> pixels;
  pixels.reserve(image.count());
  for (const float value : image.pixels) pixels.push_back(uint8_t(to_step(value, 255)));
  const Shape shape = {image.height, image.width, image.channels};
  const Picture back = decode_picture(compress_jpeg(pixels, shape, quality), "a JPEG");
  return with_channels(back.color, image.channels);
}

}  // namespace limpid
