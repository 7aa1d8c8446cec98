#include "core/train/prefetch.h"

#include <cassert>
#include <utility>

namespace limpid {

Prefetch::Prefetch(Source source, Shape shape, int most)
    : source_(std::move(source)), shape_(shape) {
  for (Slot& slot : slots_) {
    slot.clean.resize(shape.count() * size_t(most));
    slot.noisy.resize(slot.clean.size());
  }
  thread_ = std::thread([this] { work(); });
}

Prefetch::~Prefetch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Prefetch::work() {
  try {
    while (fill_next()) {
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
  }
  changed_.notify_all();
}

bool Prefetch::fill_next() {
  if (!wait_for_slot()) return false;
  const std::optional<Portion> portion = source_();
  if (!portion) return false;
  Slot& slot = slots_[filled_ % slots_.size()];
  const size_t count = shape_.count() * size_t(portion->n);
  slot.portion = *portion;
  portion->batches->fill(portion->epoch, portion->first,
                         {portion->n, shape_, std::span(slot.clean).first(count)},
                         {portion->n, shape_, std::span(slot.noisy).first(count)});
  {
    const std::lock_guard lock(mutex_);
    ++filled_;
  }
  changed_.notify_all();
  return true;
}

// False when no more is wanted.
bool Prefetch::wait_for_slot() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || filled_ - released_ < slots_.size(); });
  return !stopping_;
}

Prefetch::Filled Prefetch::next() {
  std::unique_lock lock(mutex_);
  released_ = taken_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return filled_ > taken_ || failure_; });
  if (filled_ == taken_) std::rethrow_exception(failure_);
  Slot& slot = slots_[taken_++ % slots_.size()];
  const size_t count = shape_.count() * size_t(slot.portion.n);
  return {slot.portion,
          {slot.portion.n, shape_, std::span(slot.clean).first(count)},
          {slot.portion.n, shape_, std::span(slot.noisy).first(count)}};
}

}  // namespace limpid
