#include "core/image/quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace limpid {

namespace {

// scikit-image cuts the Gaussian at 3.5 sigma: int(3.5 * 1.5 + 0.5) pixels on each side.
constexpr double sigma = 1.5;
constexpr int radius = 5;
constexpr int window = 2 * radius + 1;

std::array<double, window> gaussian() {
  std::array<double, window> weight;
  double sum = 0;
  for (int i = 0; i < window; ++i) {
    const double x = i - radius;
    sum += weight[i] = std::exp(-0.5 * x * x / (sigma * sigma));
  }
  for (double& w : weight) w /= sum;
  return weight;
}

// The weighted sums over a window, for a row of windows: a, b, a*a, b*b, a*b.
constexpr int moments = 5;
using Moments = std::array<std::vector<double>, moments>;

double ssim_sum(const Moments& moment, int count) {
  constexpr double c1 = 0.01 * 0.01;  // (K1 * range)^2
  constexpr double c2 = 0.03 * 0.03;  // (K2 * range)^2
  double sum = 0;
  for (int x = 0; x < count; ++x) {
    const double a = moment[0][x];
    const double b = moment[1][x];
    const double variances = moment[2][x] - a * a + moment[3][x] - b * b;
    const double covariance = moment[4][x] - a * b;
    sum += (2 * a * b + c1) * (2 * covariance + c2) / ((a * a + b * b + c1) * (variances + c2));
  }
  return sum;
}

// Adds up all windows of one channel; works on eleven rows at a time, so memory does not grow
// with the height.
void add_ssim(const Image& clean, const Image& image, int channel, double& sum) {
  const std::array<double, window> weight = gaussian();
  const int width = clean.width;
  const int windows = width - 2 * radius;
  Moments column;  // sums along the window's columns
  Moments full;
  for (int m = 0; m < moments; ++m) {
    column[m].resize(width);
    full[m].resize(windows);
  }
  for (int y = 0; y + window <= clean.height; ++y) {
    for (auto& line : column) std::fill(line.begin(), line.end(), 0.0);
    for (int k = 0; k < window; ++k) {
      const float* a = &clean.pixels[clean.index(y + k, 0, channel)];
      const float* b = &image.pixels[image.index(y + k, 0, channel)];
      for (int x = 0; x < width; ++x) {
        const double va = a[size_t(x) * clean.channels];
        const double vb = b[size_t(x) * clean.channels];
        column[0][x] += weight[k] * va;
        column[1][x] += weight[k] * vb;
        column[2][x] += weight[k] * va * va;
        column[3][x] += weight[k] * vb * vb;
        column[4][x] += weight[k] * va * vb;
      }
    }
    for (int m = 0; m < moments; ++m) {
      const double* in = column[m].data();
      for (int x = 0; x < windows; ++x) {
        double total = 0;
        for (int k = 0; k < window; ++k) total += weight[k] * in[x + k];
        full[m][x] = total;
      }
    }
    sum += ssim_sum(full, windows);
  }
}

void add_squares(const Image& clean, const Image& image, double& sum) {
  const size_t row = size_t(clean.width) * clean.channels;
  for (size_t start = 0; start < clean.pixels.size(); start += row) {
    double row_sum = 0;  // rows apart, so that rounding does not grow with the picture
    for (size_t i = start; i < start + row; ++i) {
      const double difference = double(clean.pixels[i]) - image.pixels[i];
      row_sum += difference * difference;
    }
    sum += row_sum;
  }
}

// The rows of one picture below those of another.
Image joined(const Image& above, const Image& below) {
  Image both(above.height + below.height, below.width, below.channels);
  std::copy(above.pixels.begin(), above.pixels.end(), both.pixels.begin());
  std::copy(below.pixels.begin(), below.pixels.end(), both.pixels.begin() + above.count());
  return both;
}

Image last_rows(const Image& image, int most) {
  const int count = std::min(image.height, most);
  return crop(image, image.height - count, 0, count, image.width);
}

}  // namespace

double rmse(const Image& clean, const Image& image) {
  assert(clean.same_size(image) && !clean.empty());
  double sum = 0;
  add_squares(clean, image, sum);
  return std::sqrt(sum / double(clean.count()));
}

double psnr(const Image& clean, const Image& image) { return -20 * std::log10(rmse(clean, image)); }

double ssim(const Image& clean, const Image& image) { return compare(clean, image).ssim; }

Quality compare(const Image& clean, const Image& image) {
  QualitySum sum(clean.height, clean.width, clean.channels);
  sum.add(clean, image);
  return sum.quality();
}

QualitySum::QualitySum(int height, int width, int channels)
    : height_(height), width_(width), channels_(channels), ssim_(size_t(channels)) {}

void QualitySum::add(const Image& clean, const Image& image) {
  assert(clean.same_size(image) && !clean.empty());
  assert(clean.width == width_ && clean.channels == channels_);
  add_squares(clean, image, squares_);
  if (width_ < window) return;
  const bool first = last_clean_.empty();
  const Image more_clean = first ? Image() : joined(last_clean_, clean);
  const Image more_image = first ? Image() : joined(last_image_, image);
  const Image& all_clean = first ? clean : more_clean;
  const Image& all_image = first ? image : more_image;
  for (int c = 0; c < channels_; ++c) add_ssim(all_clean, all_image, c, ssim_[size_t(c)]);
  last_clean_ = last_rows(all_clean, window - 1);
  last_image_ = last_rows(all_image, window - 1);
}

Quality QualitySum::quality() const {
  const double error = std::sqrt(squares_ / (double(height_) * width_ * channels_));
  Quality quality = {.rmse = error,
                     .psnr = -20 * std::log10(error),
                     .ssim = std::numeric_limits<double>::quiet_NaN()};
  if (std::min(height_, width_) < window) return quality;
  double sum = 0;
  for (const double channel : ssim_) sum += channel;
  const double windows = double(height_ - 2 * radius) * (width_ - 2 * radius);
  quality.ssim = sum / windows / channels_;
  return quality;
}

}  // namespace limpid
