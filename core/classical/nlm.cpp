#include "core/classical/nlm.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace limpid {

namespace {

constexpr int search_radius = 10;

// The picture with `border` mirrored pixels on every side.
Image bordered(const Image& image, int border) {
  Image wide(image.height + 2 * border, image.width + 2 * border, image.channels);
  for (int y = 0; y < wide.height; ++y) {
    const int row = reflected(std::abs(y - border), image.height);
    for (int x = 0; x < wide.width; ++x) {
      const int column = reflected(std::abs(x - border), image.width);
      for (int c = 0; c < image.channels; ++c) wide.at(y, x, c) = image.at(row, column, c);
    }
  }
  return wide;
}

// One shift after the other, all pixels at once.
class Means {
 public:
  Means(const Image& noisy, double sigma)
      : noisy_(noisy),
        settings_(nlm_settings(sigma, noisy.channels)),
        variance_(float(2 * sigma * sigma)),
        border_(search_radius + settings_.patch_radius),
        wide_(bordered(noisy, border_)),
        columns_(size_t(noisy.width) + 2 * settings_.patch_radius),
        sums_(noisy.count()),
        weights_(noisy.count() / noisy.channels) {}

  void add_shift(int dy, int dx) {
    const int r = settings_.patch_radius;
    std::fill(columns_.begin(), columns_.end(), 0.0);
    for (int y = -r; y < r; ++y) add_row(y, dy, dx, 1);
    for (int y = 0; y < noisy_.height; ++y) {
      add_row(y + r, dy, dx, 1);
      weigh_row(y, dy, dx);
      add_row(y - r, dy, dx, -1);
    }
  }

  Image result() const {
    Image restored = noisy_;
    for (size_t i = 0; i < restored.count(); ++i) {
      restored.pixels[i] = sums_[i] / weights_[i / noisy_.channels];
    }
    return restored;
  }

 private:
  const float* wide_pixel(int y, int x) const {
    return &wide_.pixels[wide_.index(y + border_, x + border_, 0)];
  }

  // Adds or takes away a row's squared differences to the sums over each column's patch rows.
  void add_row(int y, int dy, int dx, double sign) {
    const int channels = noisy_.channels, r = settings_.patch_radius;
    const float* here = wide_pixel(y, -r);
    const float* there = wide_pixel(y + dy, dx - r);
    for (double& column : columns_) {
      float squares = 0;
      for (int c = 0; c < channels; ++c, ++here, ++there) {
        squares += (*here - *there) * (*here - *there);
      }
      column += sign * squares;
    }
  }

  void weigh_row(int y, int dy, int dx) {
    const int channels = noisy_.channels, side = 2 * settings_.patch_radius + 1;
    const float values = float(side * side * channels);
    const float factor = float(-1 / (settings_.h * settings_.h));
    double patch = 0;
    for (int x = 0; x < side - 1; ++x) patch += columns_[x];
    const float* there = wide_pixel(y + dy, dx);
    size_t i = size_t(y) * noisy_.width;
    for (int x = 0; x < noisy_.width; ++x, ++i) {
      patch += columns_[x + side - 1];
      const float distance = std::max(float(patch) / values - variance_, 0.0f);
      const float weight = std::exp(distance * factor);
      for (int c = 0; c < channels; ++c, ++there) sums_[i * channels + c] += weight * *there;
      weights_[i] += weight;
      patch -= columns_[x];
    }
  }

  const Image& noisy_;
  const NlmSettings settings_;
  const float variance_;
  const int border_;
  const Image wide_;
  std::vector<double> columns_;  // double: differences of sums lose digits
  std::vector<float> sums_;
  std::vector<float> weights_;
};

}  // namespace

NlmSettings nlm_settings(double sigma, int channels) {
  const double level = sigma * 255;
  if (channels == 3) {
    if (level <= 25) return {.patch_radius = 1, .h = 0.55 * sigma};
    if (level <= 55) return {.patch_radius = 2, .h = 0.40 * sigma};
    return {.patch_radius = 3, .h = 0.35 * sigma};
  }
  if (level <= 15) return {.patch_radius = 1, .h = 0.40 * sigma};
  if (level <= 30) return {.patch_radius = 2, .h = 0.40 * sigma};
  if (level <= 45) return {.patch_radius = 3, .h = 0.35 * sigma};
  if (level <= 75) return {.patch_radius = 4, .h = 0.35 * sigma};
  return {.patch_radius = 5, .h = 0.30 * sigma};
}

Image nlm_denoise(const Image& noisy, double sigma, const ClassicalProgress& progress) {
  Means means(noisy, sigma);
  constexpr int shifts = 2 * search_radius + 1;
  for (int dy = -search_radius; dy <= search_radius; ++dy) {
    for (int dx = -search_radius; dx <= search_radius; ++dx) {
      const int done = (dy + search_radius) * shifts + dx + search_radius;
      if (!progress(double(done) / (shifts * shifts))) return {};
      means.add_shift(dy, dx);
    }
  }
  return means.result();
}

}  // namespace limpid
