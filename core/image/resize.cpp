#include "core/image/resize.h"

#include <algorithm>
#include <cmath>

namespace limpid {

namespace {

// Pillow keeps its coefficients as integers of this many fraction bits: 32 less 8 of the pixel and
// 2 of headroom (Resample.c, PRECISION_BITS).
constexpr double coefficient_one = 1 << 22;

double cubic(double x) {
  constexpr double a = -0.5;
  x = std::fabs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

// Which pixels of a line make one pixel of the resized line, and with what weight.
struct Taps {
  int first = 0;
  std::vector<double> weight;
};

std::vector<Taps> make_taps(int from, int to) {
  const double scale = double(from) / to;
  const double stretch = std::max(scale, 1.0);
  const double support = 2 * stretch;
  std::vector<Taps> result(to);
  for (int i = 0; i < to; ++i) {
    const double center = (i + 0.5) * scale;
    const int first = std::max(int(center - support + 0.5), 0);
    const int last = std::min(int(center + support + 0.5), from);
    Taps& taps = result[i];
    taps.first = first;
    double sum = 0;
    for (int k = first; k < last; ++k) {
      taps.weight.push_back(cubic((k - center + 0.5) / stretch));
      sum += taps.weight.back();
    }
    for (double& weight : taps.weight) {
      weight = std::round(weight / sum * coefficient_one) / coefficient_one;
    }
  }
  return result;
}

double round_step(double steps) { return int(std::min(std::max(0.0, steps), 255.0) + 0.5); }

// In steps of 1/255. A value of an 8-bit picture is taken for the whole number it stands for, so
// that its sums are those of Pillow's integers; others (of 16 bits) keep their fraction.
double to_steps(float value) {
  const double steps = double(value) * 255;
  const double whole = round_step(steps);
  return std::fabs(steps - whole) < 1e-4 ? whole : steps;  // 16-bit values are 1/257 apart
}

// The rows at `width`, in whole steps; where the width stays they are not rounded.
Image resize_rows(const Image& image, int width) {
  const std::vector<Taps> taps = make_taps(image.width, width);
  const int channels = image.channels;
  Image result(image.height, width, channels);
  std::vector<double> line(size_t(image.width) * channels);
  float* out = result.pixels.data();
  for (int y = 0; y < image.height; ++y) {
    const float* in = &image.pixels[y * line.size()];
    std::transform(in, in + line.size(), line.begin(), to_steps);
    if (width == image.width) {
      out = std::copy(line.begin(), line.end(), out);
      continue;
    }
    for (const Taps& tap : taps) {
      const double* from = &line[size_t(tap.first) * channels];
      for (int c = 0; c < channels; ++c) {
        double sum = 0;
        for (size_t k = 0; k < tap.weight.size(); ++k) {
          sum += tap.weight[k] * from[k * channels + c];
        }
        *out++ = float(round_step(sum));
      }
    }
  }
  return result;
}

// The columns of a picture in steps at `height`, on the scale 0..1.
Image resize_columns(const Image& steps, int height) {
  const std::vector<Taps> taps = make_taps(steps.height, height);
  Image result(height, steps.width, steps.channels);
  std::vector<double> sum(size_t(steps.width) * steps.channels);
  for (int y = 0; y < height; ++y) {
    std::fill(sum.begin(), sum.end(), 0.0);
    for (size_t k = 0; k < taps[y].weight.size(); ++k) {
      const float* in = &steps.pixels[(taps[y].first + k) * sum.size()];
      const double weight = taps[y].weight[k];
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += weight * in[i];
    }
    std::transform(sum.begin(), sum.end(), &result.pixels[y * sum.size()],
                   [](double s) { return float(round_step(s)) / 255.0f; });
  }
  return result;
}

}  // namespace

Image resize_bicubic(const Image& image, int height, int width) {
  assert(!image.empty() && height > 0 && width > 0);
  if (width == image.width && height == image.height) return image;
  return resize_columns(resize_rows(image, width), height);
}

}  // namespace limpid
