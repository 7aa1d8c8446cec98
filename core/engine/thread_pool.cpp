#include "core/engine/thread_pool.h"

#include <pthreadpool.h>

#include <algorithm>
#include <thread>

#include "core/error.h"

namespace limpid {

int machine_threads() { return int(std::max(1u, std::thread::hardware_concurrency())); }

ThreadPool::ThreadPool(int threads) {
  if (threads == 0) threads = machine_threads();
  if (threads == 1) return;
  pool_.reset(pthreadpool_create(size_t(threads)));
  if (!pool_ || this->threads() < threads) {
    throw Error("cpu: " + std::to_string(threads) + " threads could not be started");
  }
}

ThreadPool::~ThreadPool() = default;

void ThreadPool::Deleter::operator()(pthreadpool* pool) const { pthreadpool_destroy(pool); }

int ThreadPool::threads() const {
  return pool_ ? int(pthreadpool_get_threads_count(pool_.get())) : 1;
}

pthreadpool* ThreadPool::handle() const { return pool_.get(); }

void ThreadPool::run_tasks(void (*function)(void*, size_t), void* context, size_t count) {
  pthreadpool_parallelize_1d(pool_.get(), function, context, count, 0);
}

void ThreadPool::run_tasks_by_thread(void (*function)(void*, size_t, size_t), void* context,
                                     size_t count) {
  pthreadpool_parallelize_1d_with_thread(pool_.get(), function, context, count, 0);
}

}  // namespace limpid
