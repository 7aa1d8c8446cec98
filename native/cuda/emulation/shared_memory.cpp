#include "native/cuda/emulation/shared_memory.h"

#include <algorithm>

namespace limpid::cuda::emulation {

void SharedMemory::begin_block(size_t bytes) {
  bytes_ = bytes;
  if (memory_.size() < bytes) {
    memory_.resize(bytes);
    words_.resize((bytes + 3) / 4);
  }
  std::fill_n(memory_.begin(), bytes, uint8_t(0xFF));  // not a number, of any type
  first_epoch_ = ++epoch_;
  for (size_t i = 0; i < (bytes + 3) / 4; ++i) words_[i].copies = 0;
}

template <class F>
std::string SharedMemory::for_each_word(const void* at, size_t bytes, const F& f) {
  const size_t first = size_t(static_cast<const uint8_t*>(at) - memory_.data());
  if (static_cast<const uint8_t*>(at) < memory_.data() || first + bytes > bytes_) {
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
    if (word.written == epoch_ && word.writer != thread) return "a race: read after write";
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
    word.written = epoch_;
    word.writer = thread;
    return nullptr;
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
    word.written = epoch_;
    word.writer = thread;
    return nullptr;
  });
}

}  // namespace limpid::cuda::emulation
