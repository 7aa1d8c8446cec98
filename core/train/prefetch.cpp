#include "core/train/prefetch.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace limpid {

Preparation preparation() {
  return std::thread::hardware_concurrency() > 1 ? Preparation::ahead : Preparation::on_demand;
}

Prefetch::Prefetch(Source source, Shape shape, int most, Preparation preparation,
                   const Batches* planned, size_t kept_bytes)
    : source_(std::move(source)),
      shape_(shape),
      planned_(planned),
      bytes_to_keep_(planned ? kept_bytes : 0) {
  const bool ahead = preparation == Preparation::ahead;
  for (size_t i = 0; i < (ahead ? slots_.size() : 1); ++i) {
    slots_[i].clean.resize(shape.count() * size_t(most));
    slots_[i].noisy.resize(slots_[i].clean.size());
  }
  if (ahead) thread_ = std::thread([this] { work(); });
}

Prefetch::~Prefetch() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Prefetch::Filled Prefetch::view(Slot& slot) const {
  const size_t count = shape_.count() * size_t(slot.portion.n);
  return {slot.portion,
          {slot.portion.n, shape_, std::span(slot.clean).first(count)},
          {slot.portion.n, shape_, std::span(slot.noisy).first(count)},
          slot.samples};
}

// False when the source has no more.
bool Prefetch::fill(Slot& slot) {
  const std::optional<Portion> portion = source_();
  if (!portion) return false;
  slot.portion = *portion;
  const bool is_planned = portion->batches == planned_;
  slot.samples.resize(is_planned ? size_t(portion->n) : 0);
  const Filled filled = view(slot);
  if (is_planned) {
    portion->batches->plan(portion->epoch, portion->first, slot.samples);
  } else {
    fill_or_copy(*portion, filled.clean, filled.noisy);
  }
  return true;
}

void Prefetch::fill_or_copy(const Portion& portion, Batch clean, Batch noisy) {
  const bool is_validation = portion.epoch == validation_epoch;
  const std::pair key(portion.first, portion.n);
  if (const auto kept = kept_.find(key); is_validation && kept != kept_.end()) {
    std::ranges::copy(kept->second.clean, clean.data.begin());
    std::ranges::copy(kept->second.noisy, noisy.data.begin());
    return;
  }
  portion.batches->fill(portion.epoch, portion.first, clean, noisy);
  const size_t bytes = 2 * clean.data.size() * sizeof(float);
  if (!is_validation || bytes > bytes_to_keep_) return;
  bytes_to_keep_ -= bytes;
  kept_[key] = {{clean.data.begin(), clean.data.end()}, {noisy.data.begin(), noisy.data.end()}};
}

void Prefetch::work() {
  try {
    while (wait_for_slot() && fill(slots_[filled_ % slots_.size()])) {
      {
        const std::lock_guard lock(mutex_);
        ++filled_;
      }
      changed_.notify_all();
    }
  } catch (...) {
    {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
    }
    changed_.notify_all();
  }
}

// False when no more is wanted.
bool Prefetch::wait_for_slot() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || filled_ - released_ < slots_.size(); });
  return !stopping_;
}

Prefetch::Filled Prefetch::next() {
  if (!thread_.joinable()) {
    const bool is_one = fill(slots_[0]);
    assert(is_one);
    (void)is_one;
    return view(slots_[0]);
  }
  std::unique_lock lock(mutex_);
  released_ = taken_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return filled_ > taken_ || failure_; });
  if (filled_ == taken_) std::rethrow_exception(failure_);
  return view(slots_[taken_++ % slots_.size()]);
}

}  // namespace limpid
