#include "core/train/epoch_losses.h"

#include <cassert>
#include <cmath>

namespace limpid {

void EpochLosses::expect(size_t pictures, bool ends_batch) {
  expected_.push_back({pictures, ends_batch});
}

bool EpochLosses::add(std::span<const double> losses) {
  assert(losses.size() <= expected_.size());
  for (const double loss : losses) {
    const Call call = expected_.front();
    expected_.pop_front();
    of_batch_ += loss;
    if (!std::isfinite(of_batch_)) return false;
    pictures_ += call.pictures;
    if (!call.ends_batch) continue;
    of_batches_ += of_batch_;
    of_batch_ = 0;
  }
  return true;
}

}  // namespace limpid
