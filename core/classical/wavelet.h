// Shrinking wavelet coefficients: BayesShrink, Chang, Yu & Vetterli 2000, "Adaptive wavelet
// thresholding for image denoising and compression".
#pragma once

#include "core/classical/classical.h"

namespace limpid {

// Haar's wavelet on up to five levels, for all shifts of the picture at once (Coifman & Donoho
// 1995, "Translation-invariant de-noising"), so that no blocks show. Each band's coefficients
// shrink by sigma^2 / sqrt(max(variance - sigma^2, 0)), all to zero when there is only noise.
// Colours are turned first (orthonormally, so that noise stays noise) to one bright and two colour
// channels. Beyond the border the picture is mirrored.
Image wavelet_denoise(const Image& noisy, double sigma, const ClassicalProgress& progress);

}  // namespace limpid
