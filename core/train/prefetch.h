// Pictures are made ready on a thread of its own while the network works on those before them.
#pragma once

#include <array>
#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "core/train/portions.h"

namespace limpid {

// `ahead` needs a thread; without one, pictures are made ready when they are asked for.
enum class Preparation { ahead, on_demand };

// What suits this machine: one core (or a browser without threads) gains nothing by a thread.
Preparation preparation();

class Prefetch {
 public:
  // Gives the portions one after the other, then none. Called on the prefetch thread.
  using Source = std::function<std::optional<Portion>()>;

  // Holds two portions of at most `most` pictures of `shape`, the one in use and the next, or on
  // demand the one in use. Portions of `planned` (null: of none) are planned instead of filled. The
  // device that makes pictures itself learns so fast that making those of a validation, which are
  // the same each time, would take longer: then they are kept, up to `kept_bytes`.
  Prefetch(Source source, Shape shape, int most, Preparation preparation,
           const Batches* planned = nullptr, size_t kept_bytes = size_t(256) << 20);
  ~Prefetch();
  Prefetch(const Prefetch&) = delete;
  Prefetch& operator=(const Prefetch&) = delete;

  struct Filled {
    Portion portion;
    Batch clean;
    Batch noisy;
    std::span<const Sample> samples;  // where it is planned; clean and noisy are then anything
  };
  // The source's next portion, ready and free to be written over; valid until the next call. There
  // must be one. Throws the Error that a picture met.
  Filled next();

 private:
  struct Slot {
    Portion portion;
    std::vector<float> clean;
    std::vector<float> noisy;
    std::vector<Sample> samples;
  };
  struct Kept {
    std::vector<float> clean;
    std::vector<float> noisy;
  };
  Filled view(Slot& slot) const;
  bool fill(Slot& slot);
  void fill_or_copy(const Portion& portion, Batch clean, Batch noisy);
  void work();
  bool wait_for_slot();

  const Source source_;
  const Shape shape_;
  const Batches* const planned_;
  std::array<Slot, 2> slots_;
  std::map<std::pair<size_t, int>, Kept> kept_;  // of validations, by Portion::first and n
  size_t bytes_to_keep_;                         // that there is still room for

  std::mutex mutex_;
  std::condition_variable changed_;
  size_t filled_ = 0;    // portions made ready so far; portion i lies in slot i % 2
  size_t taken_ = 0;     // given out so far
  size_t released_ = 0;  // no longer in use
  bool stopping_ = false;
  std::exception_ptr failure_;

  std::thread thread_;  // last: it uses all of the above; on demand there is none
};

}  // namespace limpid
