// The threads of one block as fibers: functions that stop in the middle and go on later.
#pragma once

#include <csetjmp>
#include <functional>
#include <memory>
#include <vector>

namespace limpid::cuda::emulation {

enum class Wait {
  nothing,  // it can go on
  barrier,
  warp,   // for the other lanes
  phase,  // of an mbarrier
  end,    // it has returned
};

class Fibers {
 public:
  ~Fibers();
  // Begins `count` fibers, each of which will call `body`. The ones before must have ended.
  void begin(int count, const std::function<void()>& body);
  void abandon();  // those that have not ended

  void resume(int i);    // until it waits
  void wait(Wait what);  // called by the fiber that runs
  int running() const { return running_; }
  Wait waiting(int i) const { return fibers_[i]->waiting; }
  void release(int i) { fibers_[i]->waiting = Wait::nothing; }

 private:
  struct Fiber {
    std::unique_ptr<char[]> stack;
    std::jmp_buf at;
    bool started = false;
    Wait waiting = Wait::nothing;
  };
  static void enter();
  void start(Fiber& fiber);

  std::vector<std::unique_ptr<Fiber>> fibers_;
  const std::function<void()>* body_ = nullptr;
  int running_ = -1;
  std::jmp_buf scheduler_;
};

}  // namespace limpid::cuda::emulation
