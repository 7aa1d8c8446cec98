#include "core/ui/work/worker_thread.h"

#include <utility>

namespace limpid {
namespace {

// A slice ends early when something is asked for; so long only that a training is rarely held up.
constexpr double slice_s = 2;

}  // namespace

WorkerThread::WorkerThread(std::unique_ptr<Worker> worker)
    : worker_(std::move(worker)), thread_([this] { work(); }) {}

WorkerThread::~WorkerThread() {
  // First: once it is told to end, the thread looks for requests one more time only.
  worker_->send(StopTraining{});  // ends the slice, and keeps what was learned
  worker_->send(CancelRestore{});
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void WorkerThread::send(Request request) {
  worker_->send(std::move(request));
  {
    const std::lock_guard lock(mutex_);
    asked_ = true;
  }
  changed_.notify_one();
}

std::vector<Event> WorkerThread::receive() { return worker_->receive(); }

void WorkerThread::work() {
  for (;;) {
    const bool more = worker_->step(slice_s);
    std::unique_lock lock(mutex_);
    if (!more) changed_.wait(lock, [this] { return asked_ || stopping_; });
    asked_ = false;
    if (stopping_) break;
  }
  worker_->step(0);  // the two farewells
}

}  // namespace limpid
