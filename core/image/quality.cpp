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

// Sum over all windows of one channel; works on eleven rows at a time, so memory does not grow
// with the height.
double ssim_sum(const Image& clean, const Image& image, int channel) {
  const std::array<double, window> weight = gaussian();
  const int width = clean.width;
  const int windows = width - 2 * radius;
  Moments column;  // sums along the window's columns
  Moments full;
  for (int m = 0; m < moments; ++m) {
    column[m].resize(width);
    full[m].resize(windows);
  }
  double sum = 0;
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
  return sum;
}

}  // namespace

double rmse(const Image& clean, const Image& image) {
  assert(clean.same_size(image) && !clean.empty());
  double sum = 0;
  const size_t row = size_t(clean.width) * clean.channels;
  for (size_t start = 0; start < clean.pixels.size(); start += row) {
    double row_sum = 0;  // rows apart, so that rounding does not grow with the picture
    for (size_t i = start; i < start + row; ++i) {
      const double difference = double(clean.pixels[i]) - image.pixels[i];
      row_sum += difference * difference;
    }
    sum += row_sum;
  }
  return std::sqrt(sum / double(clean.pixels.size()));
}

double psnr(const Image& clean, const Image& image) { return -20 * std::log10(rmse(clean, image)); }

double ssim(const Image& clean, const Image& image) {
  assert(clean.same_size(image) && !clean.empty());
  if (std::min(clean.height, clean.width) < window) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  double sum = 0;
  for (int c = 0; c < clean.channels; ++c) sum += ssim_sum(clean, image, c);
  const double windows = double(clean.height - 2 * radius) * (clean.width - 2 * radius);
  return sum / windows / clean.channels;
}

Quality compare(const Image& clean, const Image& image) {
  const double error = rmse(clean, image);
  return {.rmse = error, .psnr = -20 * std::log10(error), .ssim = ssim(clean, image)};
}

}  // namespace limpid
