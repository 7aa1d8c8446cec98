#include "core/classical/bilateral.h"

#include <array>
#include <cmath>
#include <cstdlib>

namespace limpid {

namespace {

constexpr double spatial_sigma = 1.8;  // pixels
constexpr int radius = bilateral_radius;
constexpr int side = 2 * radius + 1;

std::array<float, side * side> spatial_weights() {
  std::array<float, side * side> weights{};
  for (int dy = -radius; dy <= radius; ++dy) {
    for (int dx = -radius; dx <= radius; ++dx) {
      weights[(dy + radius) * side + dx + radius] =
          float(std::exp(-(dy * dy + dx * dx) / (2 * spatial_sigma * spatial_sigma)));
    }
  }
  return weights;
}

}  // namespace

Image bilateral_rows(const Image& noisy, RowSpan rows, double sigma) {
  const std::array<float, side* side> near = spatial_weights();
  const int channels = noisy.channels;
  const float range = float(2 * sigma);
  const float factor = -1 / (2 * range * range * float(channels));
  Image restored(rows.count(), noisy.width, channels);
  for (int y = rows.top; y < rows.end; ++y) {
    for (int x = 0; x < noisy.width; ++x) {
      const float* const middle = &noisy.pixels[noisy.index(y, x, 0)];
      float sum[3] = {}, weights = 0;
      for (int dy = -radius; dy <= radius; ++dy) {
        const int row = reflected(std::abs(y + dy), noisy.height);
        for (int dx = -radius; dx <= radius; ++dx) {
          const int column = reflected(std::abs(x + dx), noisy.width);
          const float* const other = &noisy.pixels[noisy.index(row, column, 0)];
          float distance = 0;
          for (int c = 0; c < channels; ++c) {
            distance += (other[c] - middle[c]) * (other[c] - middle[c]);
          }
          const float weight =
              near[(dy + radius) * side + dx + radius] * std::exp(distance * factor);
          for (int c = 0; c < channels; ++c) sum[c] += weight * other[c];
          weights += weight;
        }
      }
      for (int c = 0; c < channels; ++c) restored.at(y - rows.top, x, c) = sum[c] / weights;
    }
  }
  return restored;
}

}  // namespace limpid
