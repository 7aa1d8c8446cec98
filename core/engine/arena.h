// One block of memory for values that do not all live at once. Planned first, then allocated.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <vector>

namespace limpid {

// Floats past every buffer that vector loads may touch: one AVX-512 vector, which is more than
// XNN_EXTRA_BYTES.
constexpr size_t buffer_slack = 16;

class Arena {
 public:
  // Asks for `floats` (and slack) from time `first` to `last`, both included. Returns a handle.
  int reserve(size_t floats, int first, int last);

  // Places all buffers so that those alive at one time do not overlap: the largest first, each at
  // the lowest offset that is free. No reserve() afterwards.
  void plan();
  size_t floats() const { return floats_; }
  // In floats, for memory that is not this machine's.
  size_t offset(int handle) const { return buffers_[handle].offset; }

  void allocate();  // zero-filled; throws std::bad_alloc
  float* at(int handle) const;

 private:
  struct Buffer {
    size_t floats = 0;
    int first = 0, last = 0;
    size_t offset = 0;
  };
  struct Free {
    void operator()(float* memory) const { std::free(memory); }
  };
  std::vector<Buffer> buffers_;
  size_t floats_ = 0;
  std::unique_ptr<float[], Free> memory_;
};

}  // namespace limpid
