// The arithmetic behind the losses of loss.h, which GPUs run as well.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/on_gpu_too.h"

namespace limpid {

// What one restored value adds to the sum that a picture's mean is of, and its slope by that value.
struct ValueLoss {
  double loss = 0;
  double slope = 0;
};

constexpr ValueLoss squared(double restored, double clean) {
  const double difference = restored - clean;
  return {difference * difference, 2 * difference};
}

constexpr ValueLoss absolute(double restored, double clean) {
  const double difference = restored - clean;
  return {difference < 0 ? -difference : difference,
          double(difference > 0) - double(difference < 0)};
}

LIMPID_ON_GPU_TOO inline ValueLoss cross_entropy(double restored, double clean) {
  constexpr double margin = 1e-7;  // Keras's backend.epsilon()
  const double r = std::min(std::max(restored, margin), 1 - margin);
  return {-(clean * std::log(r) + (1 - clean) * std::log(1 - r)),
          r == restored ? (r - clean) / (r * (1 - r)) : 0};
}

// How many dB the PSNR of a picture is short of 40, ending smoothly at 0: 10 log10(1 + mse / 1e-4).
// So a percent less error counts the same in each picture, however noisy it was, but for those that
// are as good as restored; the mse counts almost only the noisiest. After Chen et al. 2021, "HINet:
// Half Instance Normalization Network for Image Restoration", whose loss has no such end.
constexpr double good_mse = 1e-4;  // 40 dB
LIMPID_ON_GPU_TOO inline double decibels_short(double mse) {
  return 10 * std::log10(1 + mse / good_mse);
}
constexpr double decibels_short_slope(double mse) {  // by the mse
  return 10 / (std::numbers::ln10 * (good_mse + mse));
}

}  // namespace limpid
