#include <utility>

#include "web/work_host.h"

namespace limpid {
namespace {

class SliceHost : public WorkHost {
 public:
  explicit SliceHost(std::unique_ptr<Worker> worker) : worker_(std::move(worker)) {}
  void send(Request request) override { worker_->send(std::move(request)); }
  std::vector<Event> receive() override { return worker_->receive(); }
  bool step(double slice_s) override { return worker_->step(slice_s); }

 private:
  std::unique_ptr<Worker> worker_;
};

}  // namespace

std::unique_ptr<WorkHost> make_work_host(std::unique_ptr<Worker> worker) {
  return std::make_unique<SliceHost>(std::move(worker));
}

}  // namespace limpid
