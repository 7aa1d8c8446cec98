#include "native/cuda/emulation/shared_memory.h"

#include <algorithm>

namespace limpid::cuda::emulation {

namespace {

constexpr size_t alignment = 1024;
constexpr size_t words_of_row = 32;

}  // namespace

void join(Known& known, const Known& also) {
  for (const auto& [thread, arrivals] : also) {
    uint64_t& mine = known[thread];
    mine = std::max(mine, arrivals);
  }
}

void SharedMemory::begin_block(size_t bytes) {
  bytes_ = bytes;
  if (words_.size() * 4 < bytes) {
    memory_.resize(bytes + alignment);
    aligned_ = (alignment - uintptr_t(memory_.data()) % alignment) % alignment;
    words_.resize((bytes + 3) / 4);
    rows_.resize(words_.size() / words_of_row + 1);
  }
  for (auto& words : kept_) words.clear();
  seen_.clear();
  known_.clear();
  std::fill(arrivals_.begin(), arrivals_.end(), 0);
  std::fill_n(memory(), bytes, uint8_t(0xFF));  // not a number, of any type
  first_epoch_ = ++epoch_;
  for (size_t i = 0; i < (bytes + 3) / 4; ++i) words_[i].copies = 0;
}

template <class F>
std::string SharedMemory::for_each_word(const void* at, size_t bytes, const F& f) {
  const size_t first = size_t(static_cast<const uint8_t*>(at) - memory());
  if (static_cast<const uint8_t*>(at) < memory() || first + bytes > bytes_) {
    return "an access past the block's shared memory";
  }
  for (size_t i = first / 4; i < (first + bytes + 3) / 4; ++i) {
    if (const char* fault = f(words_[i])) {
      return std::string(fault) + " at byte " + std::to_string(4 * i);
    }
  }
  return "";
}

std::string SharedMemory::read(const void* at, size_t bytes, int thread) {
  return for_each_word(at, bytes, [&](Word& word) -> const char* {
    if (word.copies > 0) return "a read of what a copy has not finished";
    if (word.written < first_epoch_) return "a read of what nobody wrote";
    if (word.writer == tile_copy) {
      if (!is_seen(word, thread)) return "a read of a tile that the thread did not wait for";
      note_tile_read(word, thread);
    } else if (word.written == epoch_ && word.writer != thread) {
      return "a race: read after write";
    }
    const bool again = word.read == epoch_ && word.reader != thread;
    word.reader = again ? several : thread;
    word.read = epoch_;
    return nullptr;
  });
}

std::string SharedMemory::write(const void* at, size_t bytes, int thread) {
  return for_each_word(at, bytes, [&](Word& word) -> const char* {
    if (word.copies > 0) return "a race: write where a copy is on its way";
    if (word.written == epoch_ && word.writer != thread) return "a race: write after write";
    if (word.read == epoch_ && word.reader != thread) return "a race: write after read";
    keep(word, thread);
    return nullptr;
  });
}

std::string SharedMemory::begin_tile_copy(const void* at, size_t bytes, int thread) {
  return for_each_word(at, bytes, [&](Word& word) -> const char* {
    if (word.copies > 0) return "a race: a tile copied where a copy is on its way";
    const bool by_copy = word.written >= first_epoch_ && word.writer == tile_copy;
    if (!by_copy && word.written == epoch_ && word.writer != thread) {
      return "a race: a tile copied over what was written";
    }
    if (!by_copy && word.read == epoch_ && word.reader != thread) {
      return "a race: a tile copied over what was read";
    }
    if (!is_left(word, thread)) return "a race: a tile copied over one that may still be read";
    ++word.copies;
    return nullptr;
  });
}

std::string SharedMemory::end_tile_copy(const void* at, size_t bytes, int mbarrier,
                                        uint64_t phase) {
  return for_each_word(at, bytes, [&](Word& word) -> const char* {
    --word.copies;
    word.written = epoch_;
    word.writer = tile_copy;
    word.handed_over = true;
    word.mbarrier = mbarrier;
    word.phase = phase;
    return nullptr;
  });
}

void SharedMemory::see_phase(int thread, int mbarrier, uint64_t phase) {
  if (seen_.size() <= size_t(thread)) seen_.resize(size_t(thread) + 1);
  auto& of_thread = seen_[size_t(thread)];
  if (of_thread.size() <= size_t(mbarrier)) of_thread.resize(size_t(mbarrier) + 1);
  of_thread[size_t(mbarrier)] = phase;
}

bool SharedMemory::is_seen(const Word& word, int thread) const {
  if (word.written < epoch_) return true;
  if (size_t(thread) >= seen_.size()) return false;
  const auto& of_thread = seen_[size_t(thread)];
  return size_t(word.mbarrier) < of_thread.size() && of_thread[word.mbarrier] >= word.phase;
}

Known& SharedMemory::known_by(int thread) {
  if (known_.size() <= size_t(thread)) known_.resize(size_t(thread) + 1);
  return known_[size_t(thread)];
}

const Known& SharedMemory::arrive(int thread) {
  Known& known = known_by(thread);
  if (arrivals_.size() <= size_t(thread)) arrivals_.resize(size_t(thread) + 1);
  known[thread] = ++arrivals_[size_t(thread)];
  return known;
}

SharedMemory::TileRow& SharedMemory::row_of(const Word& word) {
  TileRow& row = rows_[size_t(&word - words_.data()) / words_of_row];
  if (row.epoch < epoch_) row = {.epoch = epoch_};
  return row;
}

void SharedMemory::note_tile_read(const Word& word, int thread) {
  const uint64_t arrivals = size_t(thread) < arrivals_.size() ? arrivals_[size_t(thread)] : 0;
  TileRow& row = row_of(word);
  for (TileRead& read : row.reads) {
    if (read.thread != thread) continue;
    read.arrivals = arrivals;
    return;
  }
  row.reads.push_back({thread, arrivals});
}

bool SharedMemory::is_left(const Word& word, int thread) {
  Known& known = known_by(thread);
  for (const TileRead& read : row_of(word).reads) {
    if (read.thread != thread && known[read.thread] <= read.arrivals) return false;
  }
  return true;
}

// `word` was written by the thread.
void SharedMemory::keep(Word& word, int thread) {
  word.written = epoch_;
  word.writer = thread;
  word.handed_over = false;
  if (kept_.size() <= size_t(thread)) kept_.resize(size_t(thread) + 1);
  kept_[size_t(thread)].push_back(size_t(&word - words_.data()));
}

void SharedMemory::hand_over(int thread) {
  if (kept_.size() <= size_t(thread)) return;
  for (const size_t i : kept_[size_t(thread)]) words_[i].handed_over = words_[i].copies == 0;
  kept_[size_t(thread)].clear();
}

std::string SharedMemory::read_for_product(const void* at, size_t bytes, int thread) {
  const std::string fault = read(at, bytes, thread);
  if (!fault.empty()) return fault;
  return for_each_word(at, bytes, [](Word& word) {
    return word.handed_over ? nullptr : "a product of what no fence has handed over";
  });
}

std::string SharedMemory::begin_copy(const void* at, size_t bytes, int thread) {
  const std::string fault = write(at, bytes, thread);
  if (!fault.empty()) return fault;
  return for_each_word(at, bytes, [](Word& word) -> const char* {
    ++word.copies;
    return nullptr;
  });
}

std::string SharedMemory::end_copy(const void* at, size_t bytes, int thread) {
  return for_each_word(at, bytes, [&](Word& word) -> const char* {
    --word.copies;
    keep(word, thread);
    return nullptr;
  });
}

}  // namespace limpid::cuda::emulation
