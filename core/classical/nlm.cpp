#include "core/classical/nlm.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

namespace limpid {

namespace {

constexpr int search_radius = 10;

// The rows with `border` mirrored pixels, or those of the picture, on every side.
Image bordered(const Image& image, RowSpan rows, int border) {
  Image wide(rows.count() + 2 * border, image.width + 2 * border, image.channels);
  for (int y = 0; y < wide.height; ++y) {
    const int row = reflected(std::abs(rows.top + y - border), image.height);
    for (int x = 0; x < wide.width; ++x) {
      const int column = reflected(std::abs(x - border), image.width);
      for (int c = 0; c < image.channels; ++c) wide.at(y, x, c) = image.at(row, column, c);
    }
  }
  return wide;
}

// One shift after the other, all pixels of the rows at once.
class Means {
 public:
  Means(const Image& noisy, RowSpan rows, double sigma)
      : settings_(nlm_settings(sigma, noisy.channels)),
        variance_(float(2 * sigma * sigma)),
        border_(nlm_reach(sigma, noisy.channels)),
        wide_(bordered(noisy, rows, border_)),
        columns_(size_t(noisy.width) + 2 * settings_.patch_radius),
        squares_(columns_.size() * (2 * settings_.patch_radius + 1)),
        sums_(rows.count(), noisy.width, noisy.channels),
        weights_(sums_.count() / noisy.channels) {}

  void add_shift(int dy, int dx) {
    const int r = settings_.patch_radius;
    for (int y = -r; y < sums_.height + r; ++y) {
      square_row(y, dy, dx);
      if (y < r) continue;
      add_up_columns(y - r);
      weigh_row(y - r, dy, dx);
    }
  }

  Image result() && {
    for (size_t i = 0; i < sums_.count(); ++i) {
      sums_.pixels[i] /= weights_[i / sums_.channels];
    }
    return std::move(sums_);
  }

 private:
  const float* wide_pixel(int y, int x) const {
    return &wide_.pixels[wide_.index(y + border_, x + border_, 0)];
  }

  // The squared differences of row y, which may lie a patch's radius outside; as many rows as a
  // patch has are kept.
  float* squares_of(int y) {
    const int r = settings_.patch_radius;
    return &squares_[size_t((y + r) % (2 * r + 1)) * columns_.size()];
  }

  void square_row(int y, int dy, int dx) {
    const int channels = wide_.channels, r = settings_.patch_radius;
    const float* here = wide_pixel(y, -r);
    const float* there = wide_pixel(y + dy, dx - r);
    float* out = squares_of(y);
    for (size_t x = 0; x < columns_.size(); ++x) {
      float squares = 0;
      for (int c = 0; c < channels; ++c, ++here, ++there) {
        squares += (*here - *there) * (*here - *there);
      }
      out[x] = squares;
    }
  }

  // Over the rows of the patches around row y. Always from the top: sums that ran on from row to
  // row would depend on where they began.
  void add_up_columns(int y) {
    const int r = settings_.patch_radius;
    std::fill(columns_.begin(), columns_.end(), 0.0);
    for (int row = y - r; row <= y + r; ++row) {
      const float* const squares = squares_of(row);
      for (size_t x = 0; x < columns_.size(); ++x) columns_[x] += squares[x];
    }
  }

  void weigh_row(int y, int dy, int dx) {
    const int channels = sums_.channels, side = 2 * settings_.patch_radius + 1;
    const float values = float(side * side * channels);
    const float factor = float(-1 / (settings_.h * settings_.h));
    double patch = 0;
    for (int x = 0; x < side - 1; ++x) patch += columns_[x];
    const float* there = wide_pixel(y + dy, dx);
    size_t i = size_t(y) * sums_.width;
    for (int x = 0; x < sums_.width; ++x, ++i) {
      patch += columns_[x + side - 1];
      const float distance = std::max(float(patch) / values - variance_, 0.0f);
      const float weight = std::exp(distance * factor);
      for (int c = 0; c < channels; ++c, ++there) sums_.pixels[i * channels + c] += weight * *there;
      weights_[i] += weight;
      patch -= columns_[x];
    }
  }

  const NlmSettings settings_;
  const float variance_;
  const int border_;
  const Image wide_;
  std::vector<double> columns_;  // double: differences of sums lose digits
  std::vector<float> squares_;   // of 2 patch_radius + 1 rows, each as long as columns_
  Image sums_;
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

int nlm_reach(double sigma, int channels) {
  return search_radius + nlm_settings(sigma, channels).patch_radius;
}

Image nlm_rows(const Image& noisy, RowSpan rows, double sigma) {
  Means means(noisy, rows, sigma);
  for (int dy = -search_radius; dy <= search_radius; ++dy) {
    for (int dx = -search_radius; dx <= search_radius; ++dx) means.add_shift(dy, dx);
  }
  return std::move(means).result();
}

}  // namespace limpid
