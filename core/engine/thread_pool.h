// The threads of a CPU engine: XNNPACK's pool, so that its operators and our kernels share it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>

struct pthreadpool;

namespace limpid {

// As many as the machine runs at once.
int machine_threads();

class ThreadPool {
 public:
  // `threads` 0: all of the machine's. One thread runs everything in the caller. Throws Error when
  // the system allows no more threads.
  explicit ThreadPool(int threads);
  ~ThreadPool();

  int threads() const;

  // Calls task(0) .. task(count - 1), each once, on any thread in any order; returns when all are
  // done. Tasks must not throw.
  template <class Task>
  void run(size_t count, const Task& task) {
    run_tasks([](void* t, size_t i) { (*static_cast<const Task*>(t))(i); },
              const_cast<Task*>(&task), count);
  }

  // The same as task(thread, i); `thread`, below threads(), is no other's at the time.
  template <class Task>
  void run_by_thread(size_t count, const Task& task) {
    run_tasks_by_thread(
        [](void* t, size_t thread, size_t i) { (*static_cast<const Task*>(t))(thread, i); },
        const_cast<Task*>(&task), count);
  }

  // Calls task(first, last) for parts of 0 .. count, cut by size and not by threads.
  template <class Task>
  void run_parts(size_t count, const Task& task) {
    constexpr size_t part = 16384;  // 64 KiB of floats
    run((count + part - 1) / part,
        [&](size_t i) { task(i * part, std::min(count, (i + 1) * part)); });
  }

  pthreadpool* handle() const;  // for XNNPACK; null with one thread

 private:
  void run_tasks(void (*function)(void*, size_t), void* context, size_t count);
  void run_tasks_by_thread(void (*function)(void*, size_t, size_t), void* context, size_t count);

  struct Deleter {
    void operator()(pthreadpool* pool) const;
  };
  std::unique_ptr<pthreadpool, Deleter> pool_;
};

}  // namespace limpid
