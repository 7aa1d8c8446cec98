// A Worker on a thread of its own: a window's, or a page's that may share memory.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/ui/work/worker.h"

namespace limpid {

class WorkerThread {
 public:
  explicit WorkerThread(std::unique_ptr<Worker> worker);
  // Waits for the tile or the call of the network that runs; a training keeps its checkpoint.
  ~WorkerThread();

  void send(Request request);
  std::vector<Event> receive();

 private:
  void work();

  std::unique_ptr<Worker> worker_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace limpid
