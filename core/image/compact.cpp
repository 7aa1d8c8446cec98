#include "core/image/compact.h"

#include <algorithm>
#include <span>

namespace limpid {

namespace {

template <class Step>
std::vector<Step> to_steps(const Image& image, size_t stride, float one) {
  std::vector<Step> steps(image.count() / stride);
  for (size_t i = 0; i < steps.size(); ++i) {
    steps[i] = Step(std::clamp(image.pixels[i * stride], 0.0f, 1.0f) * one + 0.5f);
  }
  return steps;
}

template <class Step>
float* to_values(std::span<const Step> steps, size_t repeats, float* value) {
  for (const Step step : steps) value = std::fill_n(value, repeats, step_value(step));
  return value;
}

// Whether the `channels` of each pixel are equal.
template <class Step>
bool is_gray(std::span<const Step> row, size_t channels) {
  for (size_t i = 1; i < row.size(); ++i) {
    if (i % channels != 0 && row[i] != row[i - 1]) return false;
  }
  return true;
}

}  // namespace

CompactImage compact(const Image& image, int bit_depth) {
  assert(bit_depth == 8 || bit_depth == 16);
  CompactImage result;
  result.height = image.height;
  result.width = image.width;
  result.channels = is_gray(image) ? 1 : image.channels;
  const size_t stride = size_t(image.channels / result.channels);
  if (bit_depth == 8) {
    result.bytes = to_steps<uint8_t>(image, stride, 255.0f);
  } else {
    result.words = to_steps<uint16_t>(image, stride, 65535.0f);
  }
  return result;
}

Image expand(const CompactImage& compact, int channels) {
  return expand(compact, channels, 0, 0, compact.height, compact.width);
}

Image expand(const CompactImage& compact, int channels, int y, int x, int height, int width) {
  assert(compact.channels == 1 || compact.channels == channels);
  assert(y >= 0 && x >= 0 && height <= compact.height - y && width <= compact.width - x);
  Image image(height, width, channels);
  const size_t repeats = size_t(channels / compact.channels);
  const size_t row = size_t(width) * compact.channels;
  float* value = image.pixels.data();
  for (int i = 0; i < height; ++i) {
    const size_t first = (size_t(y + i) * compact.width + x) * compact.channels;
    value = compact.words.empty()
                ? to_values(std::span(compact.bytes).subspan(first, row), repeats, value)
                : to_values(std::span(compact.words).subspan(first, row), repeats, value);
  }
  return image;
}

bool is_gray(const CompactImage& compact, int y, int x, int height, int width) {
  assert(y >= 0 && x >= 0 && height <= compact.height - y && width <= compact.width - x);
  const size_t channels = size_t(compact.channels);
  for (int i = 0; channels > 1 && i < height; ++i) {
    const size_t first = (size_t(y + i) * compact.width + x) * channels;
    const size_t row = size_t(width) * channels;
    if (!(compact.words.empty()
              ? is_gray(std::span(compact.bytes).subspan(first, row), channels)
              : is_gray(std::span(compact.words).subspan(first, row), channels))) {
      return false;
    }
  }
  return true;
}

}  // namespace limpid
