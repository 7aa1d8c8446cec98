#include "core/train/portions.h"

#include <algorithm>
#include <cassert>

namespace limpid {

Portions::Portions(const Batches& training, const Batches& testing, int at_once, const Range& range)
    : training_(&training), testing_(&testing), at_once_(size_t(at_once)), range_(range) {
  assert(at_once > 0 && range.epoch >= 0 &&
         range.picture < training.pictures() + testing.pictures());
}

std::optional<Portion> Portions::next() {
  if (range_.epoch >= range_.epochs) return std::nullopt;
  Portion portion;
  size_t left;
  if (range_.picture < training_->pictures()) {
    const size_t batch = training_->batch_size(0);
    const size_t b = range_.picture / batch;
    portion = {.batches = training_, .epoch = uint32_t(range_.epoch), .first = range_.picture};
    left = b * batch + training_->batch_size(b) - range_.picture;
  } else {
    portion = {.batches = testing_,
               .epoch = validation_epoch,
               .first = range_.picture - training_->pictures()};
    left = testing_->pictures() - portion.first;
  }
  const size_t n = std::min(at_once_, left);
  portion.n = int(n);
  range_.picture += n;
  if (range_.picture == training_->pictures() + testing_->pictures()) {
    range_.picture = 0;
    ++range_.epoch;
  }
  return portion;
}

}  // namespace limpid
