#include "core/image/image.h"

#include <algorithm>

namespace limpid {

bool is_gray(const Image& image) {
  const int channels = image.channels;
  for (size_t i = 0; i < image.pixels.size(); i += channels) {
    for (int c = 1; c < channels; ++c) {
      if (image.pixels[i + c] != image.pixels[i]) return false;
    }
  }
  return true;
}

Image with_channels(const Image& image, int channels) {
  assert(channels == 1 || channels == 3);
  assert(image.channels == 1 || image.channels == 3);
  if (image.channels == channels) return image;
  Image result(image.height, image.width, channels);
  if (channels == 3) {
    for (size_t i = 0; i < image.pixels.size(); ++i) {
      std::fill_n(&result.pixels[3 * i], 3, image.pixels[i]);
    }
  } else {
    for (size_t i = 0; i < result.pixels.size(); ++i) {
      const float* p = &image.pixels[3 * i];
      result.pixels[i] = gray_value(p[0], p[1], p[2]);
    }
  }
  return result;
}

Image pad_reflect(const Image& image, int height, int width) {
  assert(!image.empty() && height >= image.height && width >= image.width);
  const int channels = image.channels;
  Image result(height, width, channels);
  for (int y = 0; y < height; ++y) {
    const float* from = &image.pixels[image.index(reflected(y, image.height), 0, 0)];
    float* to = &result.pixels[result.index(y, 0, 0)];
    std::copy_n(from, size_t(image.width) * channels, to);
    for (int x = image.width; x < width; ++x) {
      std::copy_n(from + size_t(reflected(x, image.width)) * channels, channels,
                  to + size_t(x) * channels);
    }
  }
  return result;
}

Image crop(const Image& image, int y, int x, int height, int width) {
  assert(y >= 0 && x >= 0 && height >= 0 && width >= 0);
  assert(height <= image.height - y && width <= image.width - x);
  Image result(height, width, image.channels);
  const size_t row = size_t(width) * image.channels;
  const size_t pitch = size_t(image.width) * image.channels;
  const size_t first = size_t(y) * pitch + size_t(x) * image.channels;
  for (int i = 0; i < height; ++i) {
    std::copy_n(image.pixels.begin() + first + i * pitch, row, result.pixels.begin() + i * row);
  }
  return result;
}

}  // namespace limpid
