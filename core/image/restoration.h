// A picture that is restored a part at a time, for who shares a thread or does not hold it whole.
#pragma once

#include <functional>
#include <memory>

#include "core/image/image.h"

namespace limpid {

// Rows top .. end - 1 of a picture.
struct RowSpan {
  int top = 0;
  int end = 0;

  int count() const { return end - top; }
};

// Rows top .. top + count - 1 of a noisy picture; all finite.
using NoisyRows = std::function<std::shared_ptr<const Image>(int top, int count)>;

// Those of one that is held whole, and must outlive them.
NoisyRows rows_of(const Image& noisy);

//   while (restoration.done() < restoration.total()) {
//     restoration.step();
//     use(restoration.take_rows());
//   }
// The noisy rows are asked for from the top to the bottom, perhaps more than once; neighbours
// overlap. Those that the restored rows lie in were asked for last.
class Restoration {
 public:
  virtual ~Restoration() = default;

  int done() const { return done_; }  // parts
  int total() const { return total_; }
  virtual void step() = 0;
  // The restored rows that the last step has completed, from the top on, as they are shown and
  // saved: what a method puts below 0 or above 1 is drawn in. Empty after many a step.
  Image take_rows();

 protected:
  virtual Image completed_rows() = 0;

  int done_ = 0;
  int total_ = 0;
};

// Parts done of all, told before the first and after each; returning false cancels.
using PartsProgress = std::function<bool(int done, int total)>;

// All that is left to do, as one picture; empty when cancelled.
Image finish(Restoration& restoration, const PartsProgress& progress = {});

// noisy + amount x (restored - noisy), amount being 0..1, drawn into 0..1: with less than 1, some
// of what was taken out stays in as grain.
Image blended(const Image& noisy, const Image& restored, float amount);

}  // namespace limpid
