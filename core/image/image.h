// A picture in memory: rows x columns x channels of float, 0 black to 1 white, channels innermost.
#pragma once

#include <cassert>
#include <cstddef>
#include <vector>

namespace limpid {

struct Image {
  int height = 0;
  int width = 0;
  int channels = 0;           // 1 gray, 3 red-green-blue
  std::vector<float> pixels;  // (height, width, channels)

  Image() = default;
  Image(int h, int w, int c, float value = 0.0f)
      : height(h), width(w), channels(c), pixels(size_t(h) * w * c, value) {}

  size_t count() const { return pixels.size(); }
  bool empty() const { return pixels.empty(); }
  bool same_size(const Image& other) const {
    return height == other.height && width == other.width && channels == other.channels;
  }
  size_t index(int y, int x, int c) const {
    assert(y >= 0 && y < height && x >= 0 && x < width && c >= 0 && c < channels);
    return (size_t(y) * width + x) * channels + c;
  }
  float& at(int y, int x, int c) { return pixels[index(y, x, c)]; }
  float at(int y, int x, int c) const { return pixels[index(y, x, c)]; }
};

// True when every pixel has the same value in all its channels.
bool is_gray(const Image& image);

// The mean of a pixel's channels. In double three equal floats add up without rounding, so theirs
// is the float again. constexpr, here and below, so that GPUs run it too.
constexpr float gray_value(float r, float g, float b) { return float((double(r) + g + b) / 3); }

// The same picture with `channels` (1 or 3): gray is repeated; colour becomes its gray_value, so
// that gray -> 3 -> gray gives the same picture back.
Image with_channels(const Image& image, int channels);

// Which of `size` pixels lies at position i >= 0 when the row is mirrored about its ends again and
// again, without repeating them; one pixel alone is repeated.
constexpr int reflected(int i, int size) {
  assert(i >= 0 && size > 0);
  if (size == 1) return 0;
  const int period = 2 * (size - 1);
  const int phase = i % period;
  return phase < size ? phase : period - phase;
}

// The picture mirrored about its border without repeating the border (numpy's "reflect"; a side of
// one pixel repeats it), grown at the bottom and right to `height` x `width`.
Image pad_reflect(const Image& image, int height, int width);

// The rectangle of `height` x `width` whose top left pixel is (y, x); it must lie inside.
Image crop(const Image& image, int y, int x, int height, int width);

}  // namespace limpid
