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
#include <memory>
#include <vector>

#include "core/image/batch.h"
#include "core/image/image.h"
#include "core/image/restoration.h"

namespace limpid {

// How far a row and its coefficients look, above and below (mirrored at the bottom, coefficients
// too look up): a picture without the others gives the same.
constexpr int wavelet_reach = 31;

//   Wavelet wavelet(shape, sigma);
//   for (...) wavelet.look_at(noisy, rows);   // all rows, from the top to the bottom
//   for (...) use(wavelet.restored(noisy, rows));
class Wavelet {
 public:
  Wavelet(Shape picture, double sigma);
  ~Wavelet();

  // Lets those rows of the picture have their say in the thresholds.
  void look_at(const Image& noisy, RowSpan rows);
  // Those rows, restored.
  Image restored(const Image& noisy, RowSpan rows);

  int levels() const { return int(squares_[0].size()); }
  // By how much the coefficients shrink, once all rows were looked at. Channel 0 is the bright one;
  // band 0 is high along columns alone, 1 along rows alone, 2 along both.
  double threshold(int channel, int level, int band) const;

 private:
  struct Workspace;  // used for all bands of rows: fresh memory would cost more than the work
  void restore(int channel, int level);

  const Shape picture_;
  const double sigma_;
  std::vector<std::vector<std::array<double, 3>>> squares_;  // by channel, level and band
  const std::unique_ptr<Workspace> workspace_;
};

}  // namespace limpid
