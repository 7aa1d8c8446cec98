// How tiles reach warpgroups: in a ring of slots of a block's memory, which one thread has filled
// by copies of tiles while the other warps multiply what lies in slots that were filled before.
#pragma once

#include "native/cuda/simt.h"

namespace limpid::cuda {

constexpr int copying_threads = 32;  // a warp, one thread of which asks for copies

// Of Hopper's multiprocessor: shared memory, and what a block takes of it beside what it asks for.
constexpr int shared_of_multiprocessor = 228 << 10;
constexpr int shared_of_block_itself = 1 << 10;

constexpr int tile_row_bytes = tile_row_values * int(sizeof(Bf16));

struct RingShape {
  int slots = 0, slot_bytes = 0;  // a multiple of 1,024
  int at = 0;                     // bytes of the block's memory, of the first slot
  int mbarriers_at = 0;           // of ring_mbarrier_bytes(slots)

  constexpr int end() const { return at + slots * slot_bytes; }
};
constexpr int ring_mbarrier_bytes(int slots) { return 2 * slots * int(sizeof(Mbarrier)); }

// A thread's place in a ring. Of each slot one mbarrier tells that it has been filled, one that all
// multiplying warps are done with it.
class Ring {
 public:
  __device__ explicit Ring(const RingShape& shape)
      : shape_(shape),
        mbarriers_(reinterpret_cast<Mbarrier*>(block_memory() + shape.mbarriers_at)) {}

  // By all threads, before a barrier of the block, after which the ring is used: by so many warps
  // that multiply.
  __device__ void start(int warps) const {
    const int i = int(threadIdx.x);
    if (i >= shape_.slots) return;
    start_mbarrier(mbarriers_ + 2 * i, 1);
    start_mbarrier(mbarriers_ + 2 * i + 1, warps);
    show_mbarriers();
  }

  // The copying thread: waits until the slot is free, and tells how many bytes will come.
  __device__ uint8_t* begin_filling(int bytes) const {
    wait_phase(free(), parity_ ^ 1);
    arrive_expecting(filled(), bytes);
    return slot();
  }
  // The multiplying threads. Then one of each warp arrives at free().
  __device__ const uint8_t* wait_filled() const {
    wait_phase(filled(), parity_);
    return slot();
  }
  __device__ Mbarrier* filled() const { return mbarriers_ + 2 * slot_; }
  __device__ Mbarrier* free() const { return mbarriers_ + 2 * slot_ + 1; }

  __device__ void advance() {
    if (++slot_ < shape_.slots) return;
    slot_ = 0;
    parity_ ^= 1;
  }

 private:
  __device__ uint8_t* slot() const {
    return block_memory() + shape_.at + slot_ * shape_.slot_bytes;
  }

  const RingShape& shape_;
  Mbarrier* const mbarriers_;
  int slot_ = 0, parity_ = 0;
};

}  // namespace limpid::cuda
