// The losses, shared by every engine on a CPU and by validation.
#pragma once

#include <span>
#include <string>

#include "core/engine/engine.h"

namespace limpid {

// Mean over the values of one picture, summed in double in a fixed order:
// mse (r - c)^2; l1 |r - c|; bce -(c log r + (1 - c) log(1 - r)), r clamped to 1e-7 .. 1 - 1e-7 as
// Keras does; psnr decibels_short() of the mse.
double loss(Loss kind, std::span<const float> restored, std::span<const float> clean);

// loss(), and the RMSE of the picture as it is shown: what is restored below 0 or above 1 is drawn
// in.
struct LossAsShown {
  double loss = 0;
  double rmse = 0;
};
// Both in one pass, which takes as long as reading the pictures.
LossAsShown loss_as_shown(Loss kind, std::span<const float> restored, std::span<const float> clean);

// The same, and its gradient by each restored value into `gradient`: 0 where bce clamps and where
// l1 has its kink.
double loss_gradient(Loss kind, std::span<const float> restored, std::span<const float> clean,
                     std::span<float> gradient);
// For the reference engine, whose values are doubles.
double loss_gradient(Loss kind, std::span<const double> restored, std::span<const float> clean,
                     std::span<double> gradient);

// How many dB the PSNR of a picture is short of 40, ending smoothly at 0: 10 log10(1 + mse / 1e-4).
// So a percent less error counts the same in each picture, however noisy it was, but for those that
// are as good as restored; the mse counts almost only the noisiest. After Chen et al. 2021, "HINet:
// Half Instance Normalization Network for Image Restoration", whose loss has no such end.
double decibels_short(double mse);
double decibels_short_slope(double mse);  // by the mse

std::string to_string(Loss kind);          // "mse", "bce", "l1", "psnr"
Loss parse_loss(const std::string& text);  // throws Error listing the four

}  // namespace limpid
