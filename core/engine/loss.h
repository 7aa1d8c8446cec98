// The losses, shared by every engine on a CPU and by validation.
#pragma once

#include <span>
#include <string>

#include "core/engine/engine.h"

namespace limpid {

// Mean over the values of one picture, summed in double in a fixed order:
// mse (r - c)^2; l1 |r - c|; bce -(c log r + (1 - c) log(1 - r)), r clamped to 1e-7 .. 1 - 1e-7 as
// Keras does; psnr how many dB the picture's PSNR is short of 40, see value_loss.h.
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

std::string to_string(Loss kind);          // "mse", "bce", "l1", "psnr"
Loss parse_loss(const std::string& text);  // throws Error listing the four

}  // namespace limpid
