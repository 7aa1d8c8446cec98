#include "core/classical/wavelet.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace limpid {

namespace {

constexpr int most_levels = 5;

using Plane = std::vector<float>;

struct Size {
  int height = 0;
  int width = 0;
};

// The sum and difference, halved, of each value and the one `step` after it, along one direction;
// rows of `n` values `stride` apart, beyond the end mirrored with the end repeated, so that a
// picture of one pixel has a neighbour too.
struct Line {
  int n = 0;
  size_t stride = 0;
  int step = 0;

  size_t at(int i) const {
    const int period = 2 * n;
    const int j = ((i % period) + period) % period;
    return size_t(j < n ? j : period - 1 - j) * stride;
  }
};

void split(const float* values, const Line& line, float* low, float* high) {
  for (int i = 0; i < line.n; ++i) {
    const float a = values[line.at(i)], b = values[line.at(i + line.step)];
    low[line.at(i)] = (a + b) / 2;
    high[line.at(i)] = (a - b) / 2;
  }
}

// The mean of the two answers that each value has: from its own pair and from the one before. Where
// the pair before begins outside of the picture only its own is there.
void join(const float* low, const float* high, const Line& line, float* values) {
  for (int i = 0; i < line.n; ++i) {
    const size_t own = line.at(i);
    values[own] = low[own] + high[own];
    if (i < line.step) continue;
    const size_t before = line.at(i - line.step);
    values[own] = (values[own] + low[before] - high[before]) / 2;
  }
}

template <class Work>
void each_row(Size size, int step, const Work& work) {
  const Line line = {size.width, 1, step};
  for (int y = 0; y < size.height; ++y) work(size_t(y) * size.width, line);
}
template <class Work>
void each_column(Size size, int step, const Work& work) {
  const Line line = {size.height, size_t(size.width), step};
  for (int x = 0; x < size.width; ++x) work(size_t(x), line);
}

// `sigma`: of the noise in this band.
void shrink(Plane& band, double sigma) {
  double squares = 0;
  for (const float value : band) squares += double(value) * value;
  const double signal = std::sqrt(std::max(squares / double(band.size()) - sigma * sigma, 0.0));
  const float threshold =
      signal > 0 ? float(sigma * sigma / signal) : std::numeric_limits<float>::infinity();
  for (float& value : band) {
    value = std::copysign(std::max(std::fabs(value) - threshold, 0.0f), value);
  }
}

// One level: the plane's mean band goes on to the next, the three others shrink.
void restore_level(Plane& plane, Size size, double sigma, int level) {
  const int step = 1 << level;
  if (level == most_levels || step >= std::max(size.height, size.width)) return;
  Plane low(plane.size()), high(plane.size());
  each_row(size, step,
           [&](size_t at, const Line& line) { split(&plane[at], line, &low[at], &high[at]); });
  Plane low_high(plane.size()), high_high(plane.size());
  each_column(size, step, [&](size_t at, const Line& line) {
    split(&low[at], line, &plane[at], &low_high[at]);
  });
  each_column(size, step, [&](size_t at, const Line& line) {
    split(&high[at], line, &low[at], &high_high[at]);
  });
  // Halved sums of two halve the variance along each direction.
  const double band_sigma = sigma / 2;
  shrink(low_high, band_sigma);
  shrink(low, band_sigma);  // high along rows, low along columns
  shrink(high_high, band_sigma);
  restore_level(plane, size, band_sigma, level + 1);
  each_column(size, step, [&](size_t at, const Line& line) {
    join(&low[at], &high_high[at], line, &high[at]);
  });
  each_column(size, step, [&](size_t at, const Line& line) {
    join(&plane[at], &low_high[at], line, &low[at]);
  });
  each_row(size, step,
           [&](size_t at, const Line& line) { join(&low[at], &high[at], line, &plane[at]); });
}

// Rows of an orthonormal matrix: bright, red against blue, green against both.
constexpr double by_sqrt3 = std::numbers::inv_sqrt3, by_sqrt2 = std::numbers::sqrt2 / 2;
constexpr double by_sqrt6 = by_sqrt2 * by_sqrt3;
constexpr double turned[3][3] = {
    {by_sqrt3, by_sqrt3, by_sqrt3}, {by_sqrt2, 0, -by_sqrt2}, {by_sqrt6, -2 * by_sqrt6, by_sqrt6}};

std::vector<Plane> planes_of(const Image& image) {
  const size_t pixels = image.count() / image.channels;
  if (image.channels == 1) return {image.pixels};
  std::vector<Plane> planes(3, Plane(pixels));
  for (size_t i = 0; i < pixels; ++i) {
    for (int p = 0; p < 3; ++p) {
      double sum = 0;
      for (int c = 0; c < 3; ++c) sum += turned[p][c] * image.pixels[i * 3 + c];
      planes[p][i] = float(sum);
    }
  }
  return planes;
}

void put_back(const std::vector<Plane>& planes, Image& image) {
  if (image.channels == 1) {
    image.pixels = planes[0];
    return;
  }
  for (size_t i = 0; i < planes[0].size(); ++i) {
    for (int c = 0; c < 3; ++c) {
      double sum = 0;
      for (int p = 0; p < 3; ++p) sum += turned[p][c] * planes[p][i];
      image.pixels[i * 3 + c] = float(sum);
    }
  }
}

}  // namespace

Image wavelet_denoise(const Image& noisy, double sigma, const ClassicalProgress& progress) {
  std::vector<Plane> planes = planes_of(noisy);
  for (size_t p = 0; p < planes.size(); ++p) {
    if (!progress(double(p) / double(planes.size()))) return {};
    restore_level(planes[p], {noisy.height, noisy.width}, sigma, 0);
  }
  Image restored = noisy;
  put_back(planes, restored);
  return restored;
}

}  // namespace limpid
