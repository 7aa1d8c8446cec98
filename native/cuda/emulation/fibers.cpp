#include "native/cuda/emulation/fibers.h"

#include <ucontext.h>

#include <cassert>

namespace limpid::cuda::emulation {
namespace {

constexpr size_t stack_bytes = 128 << 10;  // a kernel's registers and what it calls

Fibers* entering = nullptr;  // makecontext's function takes no pointer

}  // namespace

Fibers::~Fibers() = default;

void Fibers::begin(int count, const std::function<void()>& body) {
  body_ = &body;
  while (int(fibers_.size()) < count) fibers_.push_back(std::make_unique<Fiber>());
  for (int i = 0; i < count; ++i) fibers_[i]->waiting = Wait::nothing;
}

void Fibers::abandon() {
  for (auto& fiber : fibers_) {
    if (fiber->waiting != Wait::end) fiber->started = false;
  }
}

// A fiber begins on a stack of its own by ucontext, once; it is left and entered again by longjmp,
// which makes no system call, and takes the next body when it is through with one.
void Fibers::start(Fiber& fiber) {
  if (!fiber.stack) fiber.stack = std::make_unique_for_overwrite<char[]>(stack_bytes);
  fiber.started = true;
  ucontext_t context, unused;
  getcontext(&context);
  context.uc_stack.ss_sp = fiber.stack.get();
  context.uc_stack.ss_size = stack_bytes;
  context.uc_link = nullptr;
  entering = this;
  makecontext(&context, &Fibers::enter, 0);
  swapcontext(&unused, &context);
}

void Fibers::enter() {
  Fibers& fibers = *entering;
  for (;;) {
    (*fibers.body_)();
    fibers.wait(Wait::end);
  }
}

void Fibers::resume(int i) {
  running_ = i;
  Fiber& fiber = *fibers_[i];
  if (_setjmp(scheduler_) == 0) {
    if (!fiber.started) start(fiber);
    _longjmp(fiber.at, 1);
  }
  running_ = -1;
}

void Fibers::wait(Wait what) {
  assert(running_ >= 0);
  Fiber& fiber = *fibers_[running_];
  fiber.waiting = what;
  if (_setjmp(fiber.at) == 0) _longjmp(scheduler_, 1);
}

}  // namespace limpid::cuda::emulation
