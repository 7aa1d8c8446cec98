#include "core/train/validation.h"

#include <cassert>
#include <cmath>

#include "core/engine/loss.h"

namespace limpid {

void Validation::add(ConstBatch restored, ConstBatch clean) {
  assert(restored.n == clean.n && restored.shape == clean.shape);
  for (int i = 0; i < clean.n; ++i) {
    loss_sum_ += limpid::loss(kind_, restored.picture(i), clean.picture(i));
    rmse_sum_ += std::sqrt(limpid::loss(Loss::mse, restored.picture(i), clean.picture(i)));
  }
  pictures_ += size_t(clean.n);
}

}  // namespace limpid
