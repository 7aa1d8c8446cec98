// How well a network restores pictures that it has not learned from.
#pragma once

#include <cstddef>

#include "core/engine/engine.h"
#include "core/image/batch.h"

namespace limpid {

class Validation {
 public:
  explicit Validation(Loss kind) : kind_(kind) {}

  void add(ConstBatch restored, ConstBatch clean);

  size_t pictures() const { return pictures_; }
  double loss() const { return loss_sum_ / double(pictures_); }  // mean of the pictures' losses
  // Mean of the RMSE of the pictures as they are shown: what is restored below 0 or above 1 is
  // drawn in. On the 0..1 scale.
  double rmse() const { return rmse_sum_ / double(pictures_); }

 private:
  Loss kind_;
  size_t pictures_ = 0;
  double loss_sum_ = 0;
  double rmse_sum_ = 0;
};

}  // namespace limpid
