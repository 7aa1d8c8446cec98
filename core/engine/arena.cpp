#include "core/engine/arena.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>
#include <numeric>

namespace limpid {
namespace {

constexpr size_t alignment_floats = 16;  // 64 bytes: a cache line, an AVX-512 vector

}  // namespace

int Arena::reserve(size_t floats, int first, int last) {
  assert(!memory_ && first <= last);
  const size_t padded =
      (floats + buffer_slack + alignment_floats - 1) / alignment_floats * alignment_floats;
  buffers_.push_back({padded, first, last});
  return int(buffers_.size()) - 1;
}

void Arena::plan() {
  std::vector<int> order(buffers_.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return buffers_[a].floats > buffers_[b].floats; });
  std::vector<const Buffer*> placed;  // by offset
  for (int i : order) {
    Buffer& buffer = buffers_[i];
    size_t offset = 0;
    for (const Buffer* other : placed) {
      if (other->last < buffer.first || buffer.last < other->first) continue;
      if (offset + buffer.floats <= other->offset) break;
      offset = std::max(offset, other->offset + other->floats);
    }
    buffer.offset = offset;
    floats_ = std::max(floats_, offset + buffer.floats);
    const auto by_offset = [](const Buffer* a, const Buffer* b) { return a->offset < b->offset; };
    placed.insert(std::upper_bound(placed.begin(), placed.end(), &buffer, by_offset), &buffer);
  }
}

void Arena::allocate() {
  const size_t bytes = std::max<size_t>(floats_, alignment_floats) * sizeof(float);
  memory_.reset(static_cast<float*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64)));
  if (!memory_) throw std::bad_alloc();
  std::memset(memory_.get(), 0, bytes);
}

float* Arena::at(int handle) const { return memory_.get() + buffers_[handle].offset; }

}  // namespace limpid
