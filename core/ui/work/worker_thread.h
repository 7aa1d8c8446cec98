// A Worker on a thread of its own: a window's, or a page's that may share memory.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/ui/work/worker.h"

namespace limpid {

class WorkerThread {
 public:
  // `woken` is called on the thread when there may be events, e.g. to draw a frame; may be empty.
  WorkerThread(std::unique_ptr<Worker> worker, std::function<void()> woken);
  // Stops at the end of the slice that runs.
  ~WorkerThread();

  void send(Request request);
  std::vector<Event> receive();

 private:
  void work();

  std::unique_ptr<Worker> worker_;
  const std::function<void()> woken_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace limpid
