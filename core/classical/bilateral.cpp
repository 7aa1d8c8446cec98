#include "core/classical/bilateral.h"

#include <cmath>
#include <vector>

#include "core/classical/exponential.h"
#include "core/classical/planes.h"

namespace limpid {

namespace {

constexpr double spatial_sigma = 1.8;  // pixels

float nearness(int dy, int dx) {
  return float(std::exp(-(dy * dy + dx * dx) / (2 * spatial_sigma * spatial_sigma)));
}

}  // namespace

Image bilateral_rows(const Image& noisy, RowSpan rows, double sigma) {
  constexpr int radius = bilateral_radius;
  const Planes planes(noisy, rows, radius);
  const float range = float(2 * sigma);
  const float factor = 1 / (2 * range * range * float(noisy.channels));
  ShiftedMeans means(planes);
  std::vector<float> weights(noisy.width);
  for (int dy = -radius; dy <= radius; ++dy) {
    for (int dx = -radius; dx <= radius; ++dx) {
      const float near = nearness(dy, dx);
      for (int y = 0; y < rows.count(); ++y) {
        planes.distances(y, 0, dy, dx, weights);
        for (float& weight : weights) weight = near * exponential_of_minus(weight * factor);
        means.add(y, dy, dx, weights);
      }
    }
  }
  return means.result();
}

}  // namespace limpid
