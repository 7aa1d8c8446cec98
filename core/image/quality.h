// How far a picture is from the clean one. Both pictures must have the same size.
#pragma once

#include <vector>

#include "core/image/image.h"

namespace limpid {

struct Quality {
  double rmse = 0;  // 0..1 scale, over all pixels and channels: sqrt(mean((a - b)^2))
  double psnr = 0;  // dB, peak 1: -20 log10(rmse); +infinity when equal
  double ssim = 0;  // Wang et al. 2004, see below; NaN when a side is under 11 pixels
};

double rmse(const Image& clean, const Image& image);
double psnr(const Image& clean, const Image& image);

// Structural similarity, Wang et al. 2004: 11x11 Gaussian window of sigma 1.5, K1 0.01, K2 0.03,
// range 1, population covariance, mean over the pixels whose window lies inside, then over the
// channels. Equals scikit-image's structural_similarity(gaussian_weights=True, sigma=1.5,
// use_sample_covariance=False, data_range=1, channel_axis=-1).
double ssim(const Image& clean, const Image& image);

Quality compare(const Image& clean, const Image& image);

// The same for pictures that are not held whole: their rows from the top, some at a time.
class QualitySum {
 public:
  QualitySum(int height, int width, int channels);

  // The next rows of both, as many.
  void add(const Image& clean, const Image& image);
  Quality quality() const;  // once all rows were added

 private:
  int height_, width_, channels_;
  double squares_ = 0;
  std::vector<double> ssim_;       // of each channel
  Image last_clean_, last_image_;  // rows that are in windows with those to come
};

}  // namespace limpid
