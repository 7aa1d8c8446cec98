// The shared memory of the block that runs, and who has touched each word of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace limpid::cuda::emulation {

class SharedMemory {
 public:
  void begin_block(size_t bytes);  // whose first values nobody has written
  void pass_barrier() { ++epoch_; }
  uint8_t* data() { return memory(); }

  // Each notes the access by that thread and returns its fault, "" if there is none.
  std::string read(const void* at, size_t bytes, int thread);
  std::string write(const void* at, size_t bytes, int thread);
  std::string begin_copy(const void* at, size_t bytes, int thread);  // it may arrive from now on
  std::string end_copy(const void* at, size_t bytes, int thread);    // it has arrived
  // The same of copies of tiles, which end a phase of an mbarrier: from then on only threads that
  // saw the phase end may read what was brought, until the next barrier.
  std::string begin_tile_copy(const void* at, size_t bytes, int thread);
  std::string end_tile_copy(const void* at, size_t bytes, int mbarrier, uint64_t phase);
  void see_phase(int thread, int mbarrier, uint64_t phase);
  uint64_t barriers_passed() const { return epoch_; }
  void hand_over(int thread);  // all that the thread wrote: products may read it after a barrier
  std::string read_for_product(const void* at, size_t bytes, int thread);

 private:
  static constexpr int several = -2, tile_copy = -3;
  struct Word {
    uint64_t written = 0, read = 0;  // epochs: barriers passed, counted over all blocks
    int writer = -1, reader = -1;
    int copies = 0;  // on their way
    bool handed_over = false;
    int mbarrier = -1;  // of the copy of a tile that wrote it
    uint64_t phase = 0;
  };
  void keep(Word& word, int thread);
  bool is_seen(const Word& word, int thread) const;
  template <class F>
  std::string for_each_word(const void* at, size_t bytes, const F& f);

  uint8_t* memory() { return memory_.data() + aligned_; }

  std::vector<uint8_t> memory_;  // from aligned_ on
  size_t aligned_ = 0;
  std::vector<std::vector<size_t>> kept_;    // by each thread: words that it has not handed over
  std::vector<std::vector<uint64_t>> seen_;  // by each thread of each mbarrier: phases ended
  std::vector<Word> words_;                  // of 4 bytes
  size_t bytes_ = 0;
  uint64_t epoch_ = 0;
  uint64_t first_epoch_ = 0;  // of this block
};

}  // namespace limpid::cuda::emulation
