#include "native/cuda/emulation/block.h"

#include <stdexcept>

namespace limpid::cuda::emulation {

Block block;

void Block::run(const char* name, const LaunchShape& shape, const std::function<void()>& kernel) {
  gridDim = shape.grid;
  blockDim = shape.block;
  count_ = int(shape.block.x * shape.block.y * shape.block.z);
  fault_.clear();
  const int blocks = int(shape.grid.x * shape.grid.y * shape.grid.z);
  for (int i = 0; i < blocks && fault_.empty(); ++i) {
    const unsigned b = unsigned(in_order(i, blocks));
    blockIdx = {b % gridDim.x, b / gridDim.x % gridDim.y, b / gridDim.x / gridDim.y};
    shared.begin_block(shape.shared_bytes);
    run_block(kernel);
  }
  if (!fault_.empty()) throw std::logic_error(std::string("kernel ") + name + ": " + fault_);
}

void Block::run_block(const std::function<void()>& kernel) {
  threads_.assign(size_t(count_), {});
  mbarriers.clear();
  fibers_.begin(count_, kernel);
  while (fault_.empty() && pass()) {
  }
  if (!fault_.empty()) return fibers_.abandon();
  for (int i = 0; i < count_; ++i) {
    if (fibers_.waiting(i) == Wait::end) continue;
    fault("thread " + std::to_string(i) + " waits for others that never come");
    return fibers_.abandon();
  }
}

// Runs every thread that can go on until it waits; false when none could.
bool Block::pass() {
  bool moved = false;
  for (int i = 0; i < count_ && fault_.empty(); ++i) {
    const int t = in_order(i, count_);
    if (!can_go_on(t)) continue;
    const unsigned u = unsigned(t);
    threadIdx = {u % blockDim.x, u / blockDim.x % blockDim.y, u / blockDim.x / blockDim.y};
    fibers_.resume(t);
    moved = true;
  }
  for (int first = 0; first < count_; first += lanes) moved |= finish_warp(first);
  return pass_barrier() || moved;
}

bool Block::can_go_on(int thread) {
  if (fibers_.waiting(thread) == Wait::phase &&
      has_ended(*threads_[thread].awaited, threads_[thread].parity)) {
    fibers_.release(thread);
  }
  return fibers_.waiting(thread) == Wait::nothing;
}

bool Block::finish_warp(int first) {
  if (first + lanes > count_) return false;
  void* arguments[lanes];
  for (int i = 0; i < lanes; ++i) {
    if (fibers_.waiting(first + i) != Wait::warp) return false;
    if (threads_[first + i].work != threads_[first].work) {
      fault("the lanes of a warp are at different instructions");
      return false;
    }
    arguments[i] = threads_[first + i].argument;
  }
  threads_[first].work(arguments);
  for (int i = 0; i < lanes; ++i) fibers_.release(first + i);
  return true;
}

bool Block::pass_barrier() {
  bool waiting = false;
  for (int i = 0; i < count_; ++i) {
    const Wait wait = fibers_.waiting(i);
    if (wait != Wait::barrier && wait != Wait::end) return false;
    waiting |= wait == Wait::barrier;
  }
  if (!waiting) return false;
  shared.pass_barrier();
  for (int i = 0; i < count_; ++i) {
    if (fibers_.waiting(i) == Wait::barrier) fibers_.release(i);
  }
  return true;
}

void set_order(Order order) { block.order = order; }
Order order() { return block.order; }

void run(const char* name, const LaunchShape& shape, const std::function<void()>& kernel) {
  block.run(name, shape, kernel);
}

void note_read(const void* at, size_t bytes) {
  block.check(block.shared.read(at, bytes, block.thread()));
}
void note_write(const void* at, size_t bytes) {
  block.check(block.shared.write(at, bytes, block.thread()));
}

}  // namespace limpid::cuda::emulation
