#include "core/classical/wavelet.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace limpid {

namespace {

constexpr int most_levels = 5;
static_assert(wavelet_reach == (1 << most_levels) - 1);  // 1 + 2 + 4 + 8 + 16

// One channel's rows.
struct Plane {
  int height = 0;
  int width = 0;
  std::vector<float> values;

  Plane(int h, int w) : height(h), width(w), values(size_t(h) * w) {}
  float* row(int y) { return &values[size_t(y) * width]; }
  const float* row(int y) const { return &values[size_t(y) * width]; }
};

// What a level makes of a plane: its means over two values along both directions, and three bands.
struct Level {
  Plane mean;
  std::array<Plane, 3> bands;
};

// Beyond the end mirrored with the end repeated, so that a picture of one pixel has a neighbour
// too.
int mirrored(int i, int n) {
  const int j = i % (2 * n);
  return j < n ? j : 2 * n - 1 - j;
}

struct Halves {
  Plane low, high;
};

// The sum and difference, halved, of each value and the one `step` after it, along rows.
Halves split_rows(const Plane& plane, int step) {
  Halves halves = {Plane(plane.height, plane.width), Plane(plane.height, plane.width)};
  const int inner = std::max(plane.width - step, 0);
  for (int y = 0; y < plane.height; ++y) {
    const float* const value = plane.row(y);
    float* const low = halves.low.row(y);
    float* const high = halves.high.row(y);
    const auto split = [&](int x, int other) {
      low[x] = (value[x] + value[other]) / 2;
      high[x] = (value[x] - value[other]) / 2;
    };
    for (int x = 0; x < inner; ++x) split(x, x + step);
    for (int x = inner; x < plane.width; ++x) split(x, mirrored(x + step, plane.width));
  }
  return halves;
}

// The same along columns.
Halves split_columns(const Plane& plane, int step) {
  Halves halves = {Plane(plane.height, plane.width), Plane(plane.height, plane.width)};
  for (int y = 0; y < plane.height; ++y) {
    const float* const value = plane.row(y);
    const float* const other = plane.row(mirrored(y + step, plane.height));
    float* const low = halves.low.row(y);
    float* const high = halves.high.row(y);
    for (int x = 0; x < plane.width; ++x) {
      low[x] = (value[x] + other[x]) / 2;
      high[x] = (value[x] - other[x]) / 2;
    }
  }
  return halves;
}

Level split_level(const Plane& plane, int level) {
  const int step = 1 << level;
  const Halves rows = split_rows(plane, step);
  Halves low = split_columns(rows.low, step), high = split_columns(rows.high, step);
  return {std::move(low.low), {std::move(low.high), std::move(high.low), std::move(high.high)}};
}

// The mean of the two answers that each value has: from its own pair and from the one before. Where
// the pair before begins outside of the picture only its own is there.
Plane join_columns(const Plane& low, const Plane& high, int step) {
  Plane plane(low.height, low.width);
  for (int y = 0; y < plane.height; ++y) {
    float* const value = plane.row(y);
    for (int x = 0; x < plane.width; ++x) value[x] = low.row(y)[x] + high.row(y)[x];
    if (y < step) continue;
    const float* const low_before = low.row(y - step);
    const float* const high_before = high.row(y - step);
    for (int x = 0; x < plane.width; ++x) {
      value[x] = (value[x] + low_before[x] - high_before[x]) / 2;
    }
  }
  return plane;
}

Plane join_rows(const Plane& low, const Plane& high, int step) {
  Plane plane(low.height, low.width);
  for (int y = 0; y < plane.height; ++y) {
    const float* const a = low.row(y);
    const float* const b = high.row(y);
    float* const value = plane.row(y);
    for (int x = 0; x < plane.width; ++x) value[x] = a[x] + b[x];
    for (int x = step; x < plane.width; ++x) value[x] = (value[x] + a[x - step] - b[x - step]) / 2;
  }
  return plane;
}

Plane join_level(const Level& level, int step) {
  return join_rows(join_columns(level.mean, level.bands[0], step),
                   join_columns(level.bands[1], level.bands[2], step), step);
}

void shrink(Plane& band, float threshold) {
  for (float& value : band.values) {
    value = std::copysign(std::max(std::fabs(value) - threshold, 0.0f), value);
  }
}

Plane restored(Plane plane, const WaveletThresholds& thresholds, int channel, int number) {
  if (number == thresholds.levels()) return plane;
  Level level = split_level(plane, number);
  for (int band = 0; band < 3; ++band) {
    shrink(level.bands[size_t(band)], thresholds.threshold(channel, number, band));
  }
  level.mean = restored(std::move(level.mean), thresholds, channel, number + 1);
  return join_level(level, 1 << number);
}

// Rows of an orthonormal matrix: bright, red against blue, green against both.
constexpr double by_sqrt3 = std::numbers::inv_sqrt3, by_sqrt2 = std::numbers::sqrt2 / 2;
constexpr double by_sqrt6 = by_sqrt2 * by_sqrt3;
constexpr double turned[3][3] = {
    {by_sqrt3, by_sqrt3, by_sqrt3}, {by_sqrt2, 0, -by_sqrt2}, {by_sqrt6, -2 * by_sqrt6, by_sqrt6}};

Plane channel_of(const Image& image, RowSpan rows, int channel) {
  Plane plane(rows.count(), image.width);
  const float* pixel = &image.pixels[image.index(rows.top, 0, 0)];
  if (image.channels == 1) {
    std::copy_n(pixel, plane.values.size(), plane.values.begin());
    return plane;
  }
  for (float& value : plane.values) {
    double sum = 0;
    for (int c = 0; c < 3; ++c, ++pixel) sum += turned[channel][c] * *pixel;
    value = float(sum);
  }
  return plane;
}

// The rows of an image that some of them look at.
RowSpan around(RowSpan rows, const Image& image) {
  return {std::max(rows.top - wavelet_reach, 0), std::min(rows.end + wavelet_reach, image.height)};
}

}  // namespace

WaveletThresholds::WaveletThresholds(Shape picture, double sigma)
    : picture_(picture), sigma_(sigma) {
  int levels = 0;
  while (levels < most_levels && 1 << levels < std::max(picture.height, picture.width)) ++levels;
  squares_.resize(size_t(picture.channels));
  for (auto& of_channel : squares_) of_channel.resize(size_t(levels));
}

// Row by row, so that it does not matter how many come at once.
void WaveletThresholds::add(const Image& noisy, RowSpan rows) {
  const RowSpan seen = around(rows, noisy);
  for (size_t channel = 0; channel < squares_.size(); ++channel) {
    Plane plane = channel_of(noisy, seen, int(channel));
    for (size_t number = 0; number < squares_[channel].size(); ++number) {
      Level level = split_level(plane, int(number));
      for (size_t band = 0; band < 3; ++band) {
        for (int y = rows.top; y < rows.end; ++y) {
          const float* const values = level.bands[band].row(y - seen.top);
          double sum = 0;
          for (int x = 0; x < plane.width; ++x) sum += double(values[x]) * values[x];
          squares_[channel][number][band] += sum;
        }
      }
      plane = std::move(level.mean);
    }
  }
}

float WaveletThresholds::threshold(int channel, int level, int band) const {
  const double squares = squares_[size_t(channel)][size_t(level)][size_t(band)];
  const double mean = squares / (double(picture_.height) * picture_.width);
  // Halved sums of two halve the variance along each direction.
  const double sigma = sigma_ / double(2 << level), variance = sigma * sigma;
  const double signal = std::sqrt(std::max(mean - variance, 0.0));
  return signal > 0 ? float(variance / signal) : std::numeric_limits<float>::infinity();
}

Image wavelet_rows(const Image& noisy, RowSpan rows, const WaveletThresholds& thresholds) {
  const RowSpan seen = around(rows, noisy);
  const int channels = noisy.channels;
  Image image(rows.count(), noisy.width, channels);
  const size_t first = size_t(rows.top - seen.top) * noisy.width, pixels = image.count() / channels;
  std::vector<std::vector<float>> planes;
  for (int p = 0; p < channels; ++p) {
    planes.push_back(restored(channel_of(noisy, seen, p), thresholds, p, 0).values);
  }
  for (size_t i = 0; i < pixels; ++i) {
    if (channels == 1) {
      image.pixels[i] = planes[0][first + i];
      continue;
    }
    for (int c = 0; c < 3; ++c) {
      double sum = 0;
      for (int p = 0; p < 3; ++p) sum += turned[p][c] * planes[size_t(p)][first + i];
      image.pixels[i * 3 + c] = float(sum);
    }
  }
  return image;
}

}  // namespace limpid
