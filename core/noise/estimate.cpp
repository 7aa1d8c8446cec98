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
// Whether noise is white takes less to see: pictures of this size were measured.
constexpr int least_white_side = 16, most_white_side = 512;
// Measured on photographs with noise of 10, 15, 25 and 50 of 255 in PNGs: the coarser band 1.0 to
// 1.68 times stronger, 0 to 0.76 in common; of 115 of eight cameras 2.0 and more times, of
// simulated cameras 1.7 and more, in JPEGs of quality 90 1.6 and more and 0.95 in common; gaussian
// noise in such JPEGs 0.99.
constexpr double most_rise = 1.7, most_common = 0.93;
constexpr double least_share = 0.02;  // of all coefficients, else all are taken

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

double median(std::vector<float> values) {
  const auto middle = values.begin() + ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Image halved(const Image& image) {
  Image half(image.height / 2, image.width / 2, image.channels);
  for (int y = 0; y < half.height; ++y) {
    for (int x = 0; x < half.width; ++x) {
      for (int c = 0; c < image.channels; ++c) {
        half.at(y, x, c) = (image.at(2 * y, 2 * x, c) + image.at(2 * y, 2 * x + 1, c) +
                            image.at(2 * y + 1, 2 * x, c) + image.at(2 * y + 1, 2 * x + 1, c)) /
                           4;
      }
    }
  }
  return half;
}

// How much of the finest diagonal band the three channels have in common: 0 nothing, 1 all.
double common_share(const Image& image) {
  double products = 0, squares = 0;
  for (int y = 0; y + 1 < image.height; y += 2) {
    for (int x = 0; x + 1 < image.width; x += 2) {
      double sum = 0;
      for (int c = 0; c < image.channels; ++c) {
        const double value = double(image.at(y, x, c)) - double(image.at(y, x + 1, c)) -
                             double(image.at(y + 1, x, c)) + double(image.at(y + 1, x + 1, c));
        sum += value;
        squares += value * value;
      }
      products += sum * sum;
    }
  }
  if (squares == 0) return 1;
  const double channels = image.channels;
  return (products / squares - 1) / (channels - 1);
}

PicturePart middle_part(int height, int width, int most) {
  const int inner_height = std::min(height, most), inner_width = std::min(width, most);
  return {.top = (height - inner_height) / 2,
          .left = (width - inner_width) / 2,
          .height = inner_height,
          .width = inner_width};
}

// The part that is looked at; none: the picture itself is.
std::optional<Image> middle_of(const Image& image, int most) {
  const PicturePart part = middle_part(image.height, image.width, most);
  if (part.height == image.height && part.width == image.width) return std::nullopt;
  return crop(image, part.top, part.left, part.height, part.width);
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
  if (const std::optional<Image> middle = middle_of(image, most_side))
    return estimate_noise(*middle);
  Bands bands = diagonal_band(image, darkest, brightest);
  if (double(bands.diagonal.size()) < least_share * double(image.count()) / 4 ||
      bands.diagonal.empty()) {
    bands = diagonal_band(image, -1e9, 1e9);
  }
  const double deviation = median(bands.diagonal) / median_of_normal;
  if (deviation <= 0 || deviation >= 1) return std::clamp(deviation, 0.0, 1.0);
  return unclipped_deviation({.mean = bands.mean, .deviation = deviation});
}

bool is_white_noise(const Image& image) {
  if (image.height < least_white_side || image.width < least_white_side) return false;
  if (const auto middle = middle_of(image, most_white_side)) return is_white_noise(*middle);
  const auto typical = [](const Image& level) {
    return double(median(diagonal_band(level, -1e9, 1e9).diagonal));
  };
  const double fine = typical(image);
  if (fine == 0) return false;
  const double coarse = 2 * typical(halved(image));  // the mean of four draws deviates half as much
  return coarse < most_rise * fine && (is_gray(image) || common_share(image) < most_common);
}

PicturePart estimated_part(int height, int width) { return middle_part(height, width, most_side); }

std::optional<double> known_level(const std::optional<NoiseSettings>& added) {
  if (added && added->kind == NoiseKind::gaussian) return added->strength;
  return std::nullopt;
}

}  // namespace limpid
