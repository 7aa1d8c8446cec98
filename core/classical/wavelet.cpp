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

  void resize(int h, int w) {
    height = h;
    width = w;
    values.resize(size_t(h) * w);
  }
  float* row(int y) { return &values[size_t(y) * width]; }
  const float* row(int y) const { return &values[size_t(y) * width]; }
};

// Beyond the end mirrored with the end repeated, so that a picture of one pixel has a neighbour
// too.
int mirrored(int i, int n) {
  const int j = i % (2 * n);
  return j < n ? j : 2 * n - 1 - j;
}

// The sum and difference, halved, of each value and the one `step` after it, along rows.
void split_rows(const Plane& plane, int step, Plane& lows, Plane& highs) {
  lows.resize(plane.height, plane.width);
  highs.resize(plane.height, plane.width);
  const int inner = std::max(plane.width - step, 0);
  for (int y = 0; y < plane.height; ++y) {
    const float* const value = plane.row(y);
    float* const low = lows.row(y);
    float* const high = highs.row(y);
    const auto split = [&](int x, int other) {
      low[x] = (value[x] + value[other]) / 2;
      high[x] = (value[x] - value[other]) / 2;
    };
    for (int x = 0; x < inner; ++x) split(x, x + step);
    for (int x = inner; x < plane.width; ++x) split(x, mirrored(x + step, plane.width));
  }
}

// The same along columns.
void split_columns(const Plane& plane, int step, Plane& lows, Plane& highs) {
  lows.resize(plane.height, plane.width);
  highs.resize(plane.height, plane.width);
  for (int y = 0; y < plane.height; ++y) {
    const float* const value = plane.row(y);
    const float* const other = plane.row(mirrored(y + step, plane.height));
    float* const low = lows.row(y);
    float* const high = highs.row(y);
    for (int x = 0; x < plane.width; ++x) {
      low[x] = (value[x] + other[x]) / 2;
      high[x] = (value[x] - other[x]) / 2;
    }
  }
}

// The mean of the two answers that each value has: from its own pair and from the one before. Where
// the pair before begins outside of the picture only its own is there.
void join_columns(const Plane& low, const Plane& high, int step, Plane& plane) {
  plane.resize(low.height, low.width);
  for (int y = 0; y < plane.height; ++y) {
    const float* const a = low.row(y);
    const float* const b = high.row(y);
    float* const value = plane.row(y);
    if (y < step) {
      for (int x = 0; x < plane.width; ++x) value[x] = a[x] + b[x];
      continue;
    }
    const float* const a_before = low.row(y - step);
    const float* const b_before = high.row(y - step);
    for (int x = 0; x < plane.width; ++x) {
      value[x] = (a[x] + b[x] + a_before[x] - b_before[x]) / 2;
    }
  }
}

void join_rows(const Plane& low, const Plane& high, int step, Plane& plane) {
  plane.resize(low.height, low.width);
  for (int y = 0; y < plane.height; ++y) {
    const float* const a = low.row(y);
    const float* const b = high.row(y);
    float* const value = plane.row(y);
    for (int x = 0; x < std::min(step, plane.width); ++x) value[x] = a[x] + b[x];
    for (int x = step; x < plane.width; ++x) {
      value[x] = (a[x] + b[x] + a[x - step] - b[x - step]) / 2;
    }
  }
}

void shrink(Plane& band, float threshold) {
  for (float& value : band.values) {
    value = std::copysign(std::max(std::fabs(value) - threshold, 0.0f), value);
  }
}

// Rows of an orthonormal matrix: bright, red against blue, green against both.
constexpr double by_sqrt3 = std::numbers::inv_sqrt3, by_sqrt2 = std::numbers::sqrt2 / 2;
constexpr double by_sqrt6 = by_sqrt2 * by_sqrt3;
constexpr double turned[3][3] = {
    {by_sqrt3, by_sqrt3, by_sqrt3}, {by_sqrt2, 0, -by_sqrt2}, {by_sqrt6, -2 * by_sqrt6, by_sqrt6}};

void take_channel(const Image& image, RowSpan rows, int channel, Plane& plane) {
  plane.resize(rows.count(), image.width);
  const float* pixel = &image.pixels[image.index(rows.top, 0, 0)];
  if (image.channels == 1) {
    std::copy_n(pixel, plane.values.size(), plane.values.begin());
    return;
  }
  for (float& value : plane.values) {
    double sum = 0;
    for (int c = 0; c < 3; ++c, ++pixel) sum += turned[channel][c] * *pixel;
    value = float(sum);
  }
}

// The rows of an image that some of them look at.
RowSpan around(RowSpan rows, const Image& image) {
  return {std::max(rows.top - wavelet_reach, 0), std::min(rows.end + wavelet_reach, image.height)};
}

}  // namespace

struct Wavelet::Workspace {
  // What a level makes of a plane: the mean over two values along both directions takes the plane's
  // place, and there are three bands.
  struct Level {
    std::array<Plane, 3> bands;
    Plane high;

    void split(Plane& plane, int step) {
      split_rows(plane, step, bands[1], high);
      split_columns(bands[1], step, plane, bands[0]);
      split_columns(high, step, bands[1], bands[2]);
    }
    void join(Plane& plane, int step) {
      join_columns(bands[1], bands[2], step, high);
      join_columns(plane, bands[0], step, bands[1]);
      join_rows(bands[1], high, step, plane);
    }
  };

  std::array<Plane, 3> planes;  // of the channels
  std::array<Level, most_levels> levels;
};

Wavelet::Wavelet(Shape picture, double sigma)
    : picture_(picture), sigma_(sigma), workspace_(std::make_unique<Workspace>()) {
  int levels = 0;
  while (levels < most_levels && 1 << levels < std::max(picture.height, picture.width)) ++levels;
  squares_.resize(size_t(picture.channels));
  for (auto& of_channel : squares_) of_channel.resize(size_t(levels));
}

Wavelet::~Wavelet() = default;

// Row by row, so that it does not matter how many come at once.
void Wavelet::look_at(const Image& noisy, RowSpan rows) {
  const RowSpan seen = around(rows, noisy);
  Plane& plane = workspace_->planes[0];
  Workspace::Level& level = workspace_->levels[0];
  for (size_t channel = 0; channel < squares_.size(); ++channel) {
    take_channel(noisy, seen, int(channel), plane);
    for (int number = 0; number < levels(); ++number) {
      level.split(plane, 1 << number);
      for (size_t band = 0; band < 3; ++band) {
        for (int y = rows.top; y < rows.end; ++y) {
          const float* const values = level.bands[band].row(y - seen.top);
          double sum = 0;
          for (int x = 0; x < plane.width; ++x) sum += double(values[x]) * values[x];
          squares_[channel][size_t(number)][band] += sum;
        }
      }
    }
  }
}

double Wavelet::threshold(int channel, int level, int band) const {
  const double squares = squares_[size_t(channel)][size_t(level)][size_t(band)];
  const double mean = squares / (double(picture_.height) * picture_.width);
  // Halved sums of two halve the variance along each direction.
  const double sigma = sigma_ / double(2 << level), variance = sigma * sigma;
  const double signal = std::sqrt(std::max(mean - variance, 0.0));
  return signal > 0 ? variance / signal : std::numeric_limits<double>::infinity();
}

void Wavelet::restore(int channel, int level) {
  if (level == levels()) return;
  Plane& plane = workspace_->planes[size_t(channel)];
  Workspace::Level& here = workspace_->levels[size_t(level)];
  here.split(plane, 1 << level);
  for (int band = 0; band < 3; ++band) {
    shrink(here.bands[size_t(band)], float(threshold(channel, level, band)));
  }
  restore(channel, level + 1);
  here.join(plane, 1 << level);
}

Image Wavelet::restored(const Image& noisy, RowSpan rows) {
  const RowSpan seen = around(rows, noisy);
  std::array<Plane, 3>& planes = workspace_->planes;
  for (int p = 0; p < noisy.channels; ++p) {
    take_channel(noisy, seen, p, planes[size_t(p)]);
    restore(p, 0);
  }
  Image image(rows.count(), noisy.width, noisy.channels);
  const float* const bright = planes[0].row(rows.top - seen.top);
  if (noisy.channels == 1) {
    std::copy_n(bright, image.count(), image.pixels.begin());
    return image;
  }
  const float* const values[3] = {bright, planes[1].row(rows.top - seen.top),
                                  planes[2].row(rows.top - seen.top)};
  for (size_t i = 0; i < image.count() / 3; ++i) {
    for (int c = 0; c < 3; ++c) {
      double sum = 0;
      for (int p = 0; p < 3; ++p) sum += turned[p][c] * values[p][i];
      image.pixels[i * 3 + c] = float(sum);
    }
  }
  return image;
}

}  // namespace limpid
