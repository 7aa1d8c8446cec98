#include <utility>

#include "core/ui/work/worker_thread.h"
#include "web/work_host.h"

namespace limpid {
namespace {

class ThreadHost : public WorkHost {
 public:
  explicit ThreadHost(std::unique_ptr<Worker> worker) : thread_(std::move(worker)) {}
  void send(Request request) override { thread_.send(std::move(request)); }
  std::vector<Event> receive() override { return thread_.receive(); }
  bool step(double) override { return false; }

 private:
  WorkerThread thread_;
};

}  // namespace

std::unique_ptr<WorkHost> make_work_host(std::unique_ptr<Worker> worker) {
  return std::make_unique<ThreadHost>(std::move(worker));
}

}  // namespace limpid
