// Pictures are made ready on a thread of its own while the network works on those before them.
#pragma once

#include <array>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/data/batches.h"

namespace limpid {

// Pictures first .. first + n - 1 of an epoch.
struct Portion {
  const Batches* batches = nullptr;
  uint32_t epoch = 0;
  size_t first = 0;
  int n = 0;
};

class Prefetch {
 public:
  // Gives the portions one after the other, then none. Called on the prefetch thread.
  using Source = std::function<std::optional<Portion>()>;

  // Holds two portions of at most `most` pictures of `shape`: the one in use and the next.
  Prefetch(Source source, Shape shape, int most);
  ~Prefetch();
  Prefetch(const Prefetch&) = delete;
  Prefetch& operator=(const Prefetch&) = delete;

  struct Filled {
    Portion portion;
    Batch clean;
    Batch noisy;
  };
  // The source's next portion, ready; valid until the next call. There must be one. Throws the
  // Error that a picture met.
  Filled next();

 private:
  struct Slot {
    Portion portion;
    std::vector<float> clean;
    std::vector<float> noisy;
  };
  void work();
  bool fill_next();
  bool wait_for_slot();

  const Source source_;
  const Shape shape_;
  std::array<Slot, 2> slots_;

  std::mutex mutex_;
  std::condition_variable changed_;
  size_t filled_ = 0;       // portions made ready so far; portion i lies in slot i % 2
  size_t taken_ = 0;        // given out so far
  size_t released_ = 0;     // no longer in use
  bool stopping_ = false;
  std::exception_ptr failure_;

  std::thread thread_;      // last: it uses all of the above
};

}  // namespace limpid
