// The one block that runs: its threads, what they wait for, and what is under way.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "native/cuda/emulation/emulation.h"
#include "native/cuda/emulation/fibers.h"
#include "native/cuda/emulation/shared_memory.h"

namespace limpid::cuda::emulation {

constexpr int lanes = 32;
using LaneWork = void (*)(void** of_each_lane);

struct Copy {
  void* to = nullptr;
  const void* from = nullptr;  // null: zeros
  size_t bytes = 0;
};

struct TileCopy {
  uint8_t* to = nullptr;
  TileSource source;
  TileCorner corner = {};
};

// The state of an mbarrier: of its present phase, and how many have ended.
struct Phases {
  int number = 0;  // of the block's mbarriers
  int arrivals = 0, missing = 0;
  int bytes_expected = 0;
  std::vector<TileCopy> copies = {};
  uint64_t ended = 0;
  Known gathered = {};                 // from all that arrived
  std::array<Known, 2> released = {};  // when the last phase of either parity ended
  int maker = 0;
  std::optional<uint64_t> shown = {};  // barriers passed then
};

struct Thread {
  std::deque<std::vector<Copy>> groups;  // of copies that nobody has waited for
  std::vector<Copy> open;
  std::deque<std::vector<Product>> product_groups;
  std::vector<Product> open_products;
  bool products_begun = false;
  LaneWork work = nullptr;  // what it waits for with its warp
  Phases* awaited = nullptr;
  int parity = 0;  // of the phase awaited
  void* argument = nullptr;
};

class Block {
 public:
  void run(const char* name, const LaunchShape& shape, const std::function<void()>& kernel);
  void fault(const std::string& what) {
    if (fault_.empty()) fault_ = what;
  }
  void check(const std::string& what) {
    if (!what.empty()) fault(what + " by thread " + std::to_string(thread()));
  }
  int thread() const { return fibers_.running(); }
  Thread& mine() { return threads_[thread()]; }
  void wait(Wait what) { fibers_.wait(what); }
  void with_warp(LaneWork work, void* argument) {
    mine().work = work;
    mine().argument = argument;
    wait(Wait::warp);
  }

  // Whether the phase of that parity has ended: it ends now if nothing is missing but copies.
  bool has_ended(Phases& phases, int parity);

  SharedMemory shared;
  std::map<const void*, Phases> mbarriers;
  Order order = Order::ascending;

 private:
  void run_block(const std::function<void()>& kernel);
  bool pass();
  bool finish_warp(int first);
  bool pass_barrier();
  bool can_go_on(int thread);
  int in_order(int i, int count) const { return order == Order::ascending ? i : count - 1 - i; }

  Fibers fibers_;
  std::vector<Thread> threads_;
  int count_ = 0;
  std::string fault_;
};

extern Block block;

}  // namespace limpid::cuda::emulation
