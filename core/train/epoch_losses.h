// The losses of an epoch's calls of the network, added up call by call and batch by batch in their
// order: the same sum however late a device tells them.
#pragma once

#include <cstddef>
#include <deque>
#include <span>

namespace limpid {

class EpochLosses {
 public:
  EpochLosses() = default;
  // `sum` of the epoch's first pictures, which are whole batches.
  EpochLosses(double sum, size_t pictures) : of_batches_(sum), pictures_(pictures) {}

  // The network is called with `pictures` of them.
  void expect(size_t pictures, bool ends_batch);
  // The sums that the first expected calls gave. False when one of them, or the sum of a batch, is
  // not finite; it and those after it are then not added.
  bool add(std::span<const double> losses);

  double of_batches() const { return of_batches_; }  // sum of the whole batches
  size_t pictures() const { return pictures_; }      // whose losses are known
  double mean() const { return (of_batches_ + of_batch_) / double(pictures_); }  // of these

 private:
  struct Call {
    size_t pictures = 0;
    bool ends_batch = false;
  };
  std::deque<Call> expected_;
  double of_batches_ = 0;
  double of_batch_ = 0;  // the one that is not whole
  size_t pictures_ = 0;
};

}  // namespace limpid
