#include "core/train/validation.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <span>

#include "core/engine/loss.h"

namespace limpid {
namespace {

// Of the picture as it is shown, within 0..1.
double shown_rmse(std::span<const float> restored, std::span<const float> clean) {
  double sum = 0;
  for (size_t i = 0; i < clean.size(); ++i) {
    const double error = double(std::clamp(restored[i], 0.0f, 1.0f)) - double(clean[i]);
    sum += error * error;
  }
  return std::sqrt(sum / double(clean.size()));
}

}  // namespace

void Validation::add(ConstBatch restored, ConstBatch clean) {
  assert(restored.n == clean.n && restored.shape == clean.shape);
  for (int i = 0; i < clean.n; ++i) {
    loss_sum_ += limpid::loss(kind_, restored.picture(i), clean.picture(i));
    rmse_sum_ += shown_rmse(restored.picture(i), clean.picture(i));
  }
  pictures_ += size_t(clean.n);
}

}  // namespace limpid
