#include "core/classical/planes.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>

namespace limpid {

Planes::Planes(const Image& image, RowSpan rows, int border)
    : channels_(image.channels), rows_(rows.count()), columns_(image.width), border_(border) {
  values_.resize(size_t(channels_) * (rows_ + 2 * border) * (columns_ + 2 * border));
  float* out = values_.data();
  for (int c = 0; c < channels_; ++c) {
    for (int y = -border; y < rows_ + border; ++y) {
      const int row = reflected(std::abs(rows.top + y), image.height);
      for (int x = -border; x < columns_ + border; ++x) {
        *out++ = image.at(row, reflected(std::abs(x), image.width), c);
      }
    }
  }
}

const float* Planes::at(int channel, int y, int x) const {
  assert(std::min(x, y) >= -border_ && y < rows_ + border_ && x < columns_ + border_);
  const size_t height = size_t(rows_) + 2 * border_, width = size_t(columns_) + 2 * border_;
  return &values_[(size_t(channel) * height + size_t(y + border_)) * width + size_t(x + border_)];
}

void Planes::distances(int y, int x, int dy, int dx, std::span<float> of) const {
  std::fill(of.begin(), of.end(), 0.0f);
  for (int c = 0; c < channels_; ++c) {
    const float* const here = at(c, y, x);
    const float* const there = at(c, y + dy, x + dx);
    for (size_t i = 0; i < of.size(); ++i) of[i] += (there[i] - here[i]) * (there[i] - here[i]);
  }
}

ShiftedMeans::ShiftedMeans(const Planes& planes)
    : planes_(planes), sums_((planes.channels() + 1) * pixels()) {}

void ShiftedMeans::add(int y, int dy, int dx, std::span<const float> weights) {
  const size_t width = size_t(planes_.width());
  assert(weights.size() == width);
  float* sums = &sums_[size_t(y) * width];
  for (int c = 0; c < planes_.channels(); ++c, sums += pixels()) {
    const float* const there = planes_.at(c, y + dy, dx);
    for (size_t x = 0; x < width; ++x) sums[x] += weights[x] * there[x];
  }
  for (size_t x = 0; x < width; ++x) sums[x] += weights[x];
}

Image ShiftedMeans::result() const {
  const int channels = planes_.channels();
  Image means(planes_.height(), planes_.width(), channels);
  const float* const weights = &sums_[channels * pixels()];
  for (size_t i = 0; i < pixels(); ++i) {
    for (int c = 0; c < channels; ++c) {
      means.pixels[i * channels + c] = sums_[c * pixels() + i] / weights[i];
    }
  }
  return means;
}

}  // namespace limpid
