#include "core/classical/nlm.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/classical/exponential.h"
#include "core/classical/planes.h"

namespace limpid {

namespace {

constexpr int search_radius = 10;

// One shift after the other, all pixels of the rows at once.
class PatchMeans {
 public:
  PatchMeans(const Planes& planes, double sigma)
      : settings_(nlm_settings(sigma, planes.channels())),
        variance_(float(2 * sigma * sigma)),
        planes_(planes),
        means_(planes),
        squares_(side(), std::vector<float>(planes.width() + side() - 1)),
        columns_(planes.width() + side() - 1),
        weights_(planes.width()) {}

  void add_shift(int dy, int dx) {
    const int r = settings_.patch_radius;
    for (int y = -r; y < planes_.height() + r; ++y) {
      planes_.distances(y, -r, dy, dx, squares_of(y));
      if (y < r) continue;
      weigh_row(y - r);
      means_.add(y - r, dy, dx, weights_);
    }
  }

  Image result() const { return means_.result(); }

 private:
  size_t side() const { return 2 * size_t(settings_.patch_radius) + 1; }

  std::vector<float>& squares_of(int y) {
    return squares_[size_t(y + settings_.patch_radius) % side()];
  }

  // Each patch is added up anew, from its top: sums that ran on would depend on where they began,
  // and could not be many at a time.
  void weigh_row(int y) {
    std::fill(columns_.begin(), columns_.end(), 0.0f);
    for (int row = y - settings_.patch_radius; row <= y + settings_.patch_radius; ++row) {
      const std::vector<float>& squares = squares_of(row);
      for (size_t x = 0; x < columns_.size(); ++x) columns_[x] += squares[x];
    }
    std::fill(weights_.begin(), weights_.end(), 0.0f);
    for (size_t i = 0; i < side(); ++i) {
      for (size_t x = 0; x < weights_.size(); ++x) weights_[x] += columns_[x + i];
    }
    const float mean = 1 / float(side() * side() * size_t(planes_.channels()));
    const float factor = float(1 / (settings_.h * settings_.h));
    for (float& weight : weights_) {
      weight = exponential_of_minus(std::max(weight * mean - variance_, 0.0f) * factor);
    }
  }

  const NlmSettings settings_;
  const float variance_;
  const Planes& planes_;
  ShiftedMeans means_;
  std::vector<std::vector<float>> squares_;  // of as many rows as a patch has, in turns
  std::vector<float> columns_;               // of squares_, added up
  std::vector<float> weights_;
};

}  // namespace

NlmSettings nlm_settings(double sigma, int channels) {
  const double level = sigma * 255;
  if (channels == 3) {
    if (level <= 25) return {.patch_radius = 1, .h = 0.55 * sigma};
    if (level <= 55) return {.patch_radius = 2, .h = 0.40 * sigma};
    return {.patch_radius = 3, .h = 0.35 * sigma};
  }
  if (level <= 15) return {.patch_radius = 1, .h = 0.40 * sigma};
  if (level <= 30) return {.patch_radius = 2, .h = 0.40 * sigma};
  if (level <= 45) return {.patch_radius = 3, .h = 0.35 * sigma};
  if (level <= 75) return {.patch_radius = 4, .h = 0.35 * sigma};
  return {.patch_radius = 5, .h = 0.30 * sigma};
}

int nlm_reach(double sigma, int channels) {
  return search_radius + nlm_settings(sigma, channels).patch_radius;
}

Image nlm_rows(const Image& noisy, RowSpan rows, double sigma) {
  const Planes planes(noisy, rows, nlm_reach(sigma, noisy.channels));
  PatchMeans means(planes, sigma);
  for (int dy = -search_radius; dy <= search_radius; ++dy) {
    for (int dx = -search_radius; dx <= search_radius; ++dx) means.add_shift(dy, dx);
  }
  return means.result();
}

}  // namespace limpid
