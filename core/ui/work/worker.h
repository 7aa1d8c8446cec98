// Carries requests out, a slice at a time, so that it can share its thread: a web worker that may
// not share memory sees the next message only between two calls of step().
//
//   worker.send(Restore{...});
//   while (worker.step(0.1)) for (Event& event : worker.receive()) ...
#pragma once

#include <memory>
#include <vector>

#include "core/engine/engine.h"
#include "core/train/run_record.h"
#include "core/ui/work/event.h"
#include "core/ui/work/request.h"

namespace limpid {

class Worker {
 public:
  // The first engine is the default; there must be one. `threads`: of the machine, for
  // EnginesFound.
  Worker(std::vector<std::unique_ptr<Engine>> engines, int threads,
         MakeRunRecord make_record = make_run_record);
  ~Worker();

  // From any thread.
  void send(Request request);
  std::vector<Event> receive();  // those that came since the last call

  // Takes what was sent and works for about `slice_s` seconds: at least one tile, one call of the
  // network for training, one file. Comes back earlier when a request arrives. False when there is
  // nothing left to do. One thread at a time.
  bool step(double slice_s);

 private:
  class Content;
  std::unique_ptr<Content> content_;
};

}  // namespace limpid
