// What stb_image may take for a file whose header promises less than it holds.
#pragma once

#include <cstdint>

namespace limpid {

// While it lives, stb_image fails in this thread where it would enlarge a buffer to over `bytes`.
// One at a time.
class GrowthCap {
 public:
  explicit GrowthCap(uint64_t bytes);
  ~GrowthCap();
  GrowthCap(const GrowthCap&) = delete;
  GrowthCap& operator=(const GrowthCap&) = delete;

  bool was_met() const;  // so far
};

}  // namespace limpid
