// Where the engine's module does its work: on a thread of its own (work_host_thread.cpp) or, where
// memory cannot be shared, in slices between two messages (work_host_slices.cpp). The build picks.
#pragma once

#include <memory>
#include <vector>

#include "core/ui/work/worker.h"

namespace limpid {

class WorkHost {
 public:
  virtual ~WorkHost() = default;
  virtual void send(Request request) = 0;
  virtual std::vector<Event> receive() = 0;
  virtual bool step(double slice_s) = 0;  // true while it must be called again
};

std::unique_ptr<WorkHost> make_work_host(std::unique_ptr<Worker> worker);

}  // namespace limpid
