// What of the screen differs from the frame before, so that a host whose canvas keeps its pixels
// draws only that: without a graphics card, filling a screen takes longer than a frame lasts.
// The screen is cut into cells, and each remembers a hash of all that was drawn into it (after
// rxi, "Cached software rendering", 2020).
#pragma once

#include <imgui.h>

#include <cstdint>
#include <vector>

namespace limpid {

// Data of every callback of a draw list begins with a number that differs where it would draw
// something else in the same place.
struct DrawnByCallback {
  uint64_t content = 0;
};

class ChangedArea {
 public:
  // Takes out of `data`, once Render() has made it, what would draw the same as before; false where
  // nothing is left. The first time and after a change of the screen's size all of it stays.
  bool limit(ImDrawData& data);

 private:
  struct Range {
    int left, top, right, bottom;  // cells; right and bottom are not in it
  };
  Range cells_of(const ImVec4& clip) const;
  void hash(const ImDrawList& list);
  void mark(const Range& range, uint64_t value);
  void find_changes();
  void merge_changes();
  void limit(ImDrawList& list) const;

  ImVec2 position_, size_;
  int columns_ = 0, rows_ = 0;
  std::vector<uint64_t> cells_, before_;
  std::vector<uint64_t> vertices_;  // their hashes
  std::vector<Range> changes_;      // none overlaps another
};

}  // namespace limpid
