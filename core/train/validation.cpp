#include "core/train/validation.h"

#include <cassert>

#include "core/engine/loss.h"

namespace limpid {

void Validation::add(ConstBatch restored, ConstBatch clean) {
  assert(restored.n == clean.n && restored.shape == clean.shape);
  for (int i = 0; i < clean.n; ++i) {
    const LossAsShown picture = loss_as_shown(kind_, restored.picture(i), clean.picture(i));
    loss_sum_ += picture.loss;
    rmse_sum_ += picture.rmse;
  }
  pictures_ += size_t(clean.n);
}

}  // namespace limpid
