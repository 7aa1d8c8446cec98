#include "core/noise/estimate.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace limpid {
namespace {

constexpr double median_of_normal = 0.6744898;  // of its absolute value
constexpr int most_side = 2048;                 // all of 100 megapixels would take seconds
constexpr int block_side = 8;
constexpr double darkest = 0.25, brightest = 0.75;  // means of the blocks looked at first
constexpr double least_share = 0.02;                // of all coefficients, else all are taken

struct Bands {
  std::vector<float> diagonal;  // absolute values
  double mean = 0;              // of the pixels they come from
};

// Of the blocks whose mean lies within low .. high.
Bands diagonal_band(const Image& image, double low, double high) {
  Bands bands;
  double sum = 0;
  for (int c = 0; c < image.channels; ++c) {
    for (int top = 0; top + 1 < image.height; top += block_side) {
      for (int left = 0; left + 1 < image.width; left += block_side) {
        const size_t first = bands.diagonal.size();
        double block_sum = 0;
        for (int y = top; y + 1 < std::min(top + block_side, image.height); y += 2) {
          for (int x = left; x + 1 < std::min(left + block_side, image.width); x += 2) {
            const float a = image.at(y, x, c), b = image.at(y, x + 1, c);
            const float d = image.at(y + 1, x, c), e = image.at(y + 1, x + 1, c);
            bands.diagonal.push_back(std::abs(a - b - d + e) / 2);
            block_sum += double(a) + b + d + e;
          }
        }
        const double mean = block_sum / (4 * double(bands.diagonal.size() - first));
        if (mean < low || mean > high)
          bands.diagonal.resize(first);
        else
          sum += block_sum;
      }
    }
  }
  if (!bands.diagonal.empty()) bands.mean = sum / (4 * double(bands.diagonal.size()));
  return bands;
}

double median(std::vector<float>& values) {
  const auto middle = values.begin() + ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Moments {
  double mean = 0;
  double deviation = 0;
};

// Of a normal value that is clipped to 0..1.
Moments clipped(double mean, double deviation) {
  const auto density = [](double z) {
    return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
  };
  const auto below = [](double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; };
  const double a = -mean / deviation, b = (1 - mean) / deviation;
  const double inside = below(b) - below(a), white = 1 - below(b);
  const double first = mean * inside + deviation * (density(a) - density(b)) + white;
  const double second = (mean * mean + deviation * deviation) * inside +
                        deviation * (mean * density(a) - (mean + 1) * density(b)) + white;
  return {first, std::sqrt(std::max(0.0, second - first * first))};
}

// The deviation before clipping, at most 1, of what has that mean and deviation after it.
double unclipped_deviation(const Moments& measured) {
  double mean = measured.mean, low = measured.deviation, high = 1;
  for (int i = 0; i < 40; ++i) {
    const double deviation = (low + high) / 2;
    // The mean that clipping moves to the measured one: it rises with the mean before.
    double darker = -2, brighter = 3;
    for (int j = 0; j < 40; ++j) {
      mean = (darker + brighter) / 2;
      (clipped(mean, deviation).mean < measured.mean ? darker : brighter) = mean;
    }
    (clipped(mean, deviation).deviation < measured.deviation ? low : high) = deviation;
  }
  return (low + high) / 2;
}

}  // namespace

double estimate_noise(const Image& image) {
  if (image.height < 2 || image.width < 2) return 0;
  const PicturePart part = estimated_part(image.height, image.width);
  if (part.height < image.height || part.width < image.width) {
    return estimate_noise(crop(image, part.top, part.left, part.height, part.width));
  }
  Bands bands = diagonal_band(image, darkest, brightest);
  if (double(bands.diagonal.size()) < least_share * double(image.count()) / 4 ||
      bands.diagonal.empty()) {
    bands = diagonal_band(image, -1e9, 1e9);
  }
  const double deviation = median(bands.diagonal) / median_of_normal;
  if (deviation <= 0 || deviation >= 1) return std::clamp(deviation, 0.0, 1.0);
  return unclipped_deviation({.mean = bands.mean, .deviation = deviation});
}

PicturePart estimated_part(int height, int width) {
  const int inner_height = std::min(height, most_side), inner_width = std::min(width, most_side);
  return {.top = (height - inner_height) / 2,
          .left = (width - inner_width) / 2,
          .height = inner_height,
          .width = inner_width};
}

std::optional<double> known_level(const std::optional<NoiseSettings>& added) {
  if (added && added->kind == NoiseKind::gaussian) return added->strength;
  return std::nullopt;
}

}  // namespace limpid
