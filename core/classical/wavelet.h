// Shrinking wavelet coefficients: BayesShrink, Chang, Yu & Vetterli 2000, "Adaptive wavelet
// thresholding for image denoising and compression".
//
// Haar's wavelet on up to five levels, for all shifts of the picture at once (Coifman & Donoho
// 1995, "Translation-invariant de-noising"), so that no blocks show. Each band's coefficients
// shrink by sigma^2 / sqrt(max(variance - sigma^2, 0)), all to zero when there is only noise.
// Colours are turned first (orthonormally, so that noise stays noise) to one bright and two colour
// channels. Beyond the border the picture is mirrored.
#pragma once

#include <array>
#include <vector>

#include "core/image/batch.h"
#include "core/image/image.h"
#include "core/image/restoration.h"

namespace limpid {

// How far a row and its coefficients look, above and below (mirrored at the bottom, coefficients
// too look up): a picture without the others gives the same.
constexpr int wavelet_reach = 31;

// By how much the coefficients of a picture shrink, which all of its rows decide together:
//
//   WaveletThresholds thresholds(shape, sigma);
//   for (...) thresholds.add(noisy, rows);   // all rows, from the top to the bottom
//   ... wavelet_rows(noisy, rows, thresholds) ...
class WaveletThresholds {
 public:
  WaveletThresholds(Shape picture, double sigma);

  void add(const Image& noisy, RowSpan rows);

  int levels() const { return int(squares_[0].size()); }
  // Of a band of the bright (0) or a colour channel: low along columns, low along rows, neither.
  float threshold(int channel, int level, int band) const;

 private:
  const Shape picture_;
  const double sigma_;
  std::vector<std::vector<std::array<double, 3>>> squares_;  // by channel, level and band
};

// Those rows of the picture, restored.
Image wavelet_rows(const Image& noisy, RowSpan rows, const WaveletThresholds& thresholds);

}  // namespace limpid
