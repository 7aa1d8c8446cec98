#include "core/data/compact.h"

#include <algorithm>

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
void to_values(const std::vector<Step>& steps, size_t repeats, float one, float* value) {
  for (const Step step : steps) value = std::fill_n(value, repeats, float(step) / one);
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
  assert(compact.channels == 1 || compact.channels == channels);
  Image image(compact.height, compact.width, channels);
  const size_t repeats = size_t(channels / compact.channels);
  to_values(compact.bytes, repeats, 255.0f, image.pixels.data());
  to_values(compact.words, repeats, 65535.0f, image.pixels.data());
  return image;
}

}  // namespace limpid
