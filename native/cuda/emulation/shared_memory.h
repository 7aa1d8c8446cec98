// The shared memory of the block that runs, and who has touched each word of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace limpid::cuda::emulation {

// What is known to have happened: of threads, how often each has arrived at mbarriers by then.
using Known = std::map<int, uint64_t>;
void join(Known& known, const Known& also);

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
  // saw the phase end may read what was brought, until the next barrier. Another may be copied over
  // it once all who read it have arrived somewhere, and the copying thread knows of that.
  std::string begin_tile_copy(const void* at, size_t bytes, int thread);
  std::string end_tile_copy(const void* at, size_t bytes, int mbarrier, uint64_t phase);
  void see_phase(int thread, int mbarrier, uint64_t phase);
  const Known& arrive(int thread);  // at an mbarrier; what whoever waits for it will know
  void learn(int thread, const Known& known) { join(known_by(thread), known); }
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
  struct TileRead {
    int thread;
    uint64_t arrivals;  // of the thread before
  };
  struct TileRow {  // 128 bytes
    uint64_t epoch = 0;
    std::vector<TileRead> reads = {};  // since then, of each thread the last
  };
  Known& known_by(int thread);
  TileRow& row_of(const Word& word);
  void note_tile_read(const Word& word, int thread);
  bool is_left(const Word& word, int thread);  // by all who read it, as the thread knows
  void keep(Word& word, int thread);
  bool is_seen(const Word& word, int thread) const;
  template <class F>
  std::string for_each_word(const void* at, size_t bytes, const F& f);

  uint8_t* memory() { return memory_.data() + aligned_; }

  std::vector<uint8_t> memory_;  // from aligned_ on
  size_t aligned_ = 0;
  std::vector<std::vector<size_t>> kept_;    // by each thread: words that it has not handed over
  std::vector<std::vector<uint64_t>> seen_;  // by each thread of each mbarrier: phases ended
  std::vector<Known> known_;                 // by each thread
  std::vector<uint64_t> arrivals_;           // of each thread
  std::vector<Word> words_;                  // of 4 bytes
  std::vector<TileRow> rows_;
  size_t bytes_ = 0;
  uint64_t epoch_ = 0;
  uint64_t first_epoch_ = 0;  // of this block
};

}  // namespace limpid::cuda::emulation
