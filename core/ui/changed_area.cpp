#include "core/ui/changed_area.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace limpid {
namespace {

constexpr float cell_px = 32;
// What an area costs before anything is filled, in cells: it has draw commands of its own.
constexpr int area_cost = 8;
// More are joined at once: comparing each with each would take longer than drawing.
constexpr size_t most_compared = 64;

uint64_t mixed(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

template <typename T>
uint64_t mixed_words(uint64_t hash, const T& value) {
  static_assert(sizeof(T) % 4 == 0);
  uint32_t words[sizeof(T) / 4];
  std::memcpy(words, &value, sizeof value);
  for (const uint32_t word : words) hash = mixed(hash, word);
  return hash;
}

// Textures by what does not change while they wait to be sent.
uint64_t texture_of(const ImDrawCmd& command) {
  const ImTextureRef& texture = command.TexRef;
  return texture._TexData ? uint64_t(texture._TexData->UniqueID) << 32 : uint64_t(texture._TexID);
}

ImVec4 common(const ImVec4& a, const ImVec4& b) {
  return {std::max(a.x, b.x), std::max(a.y, b.y), std::min(a.z, b.z), std::min(a.w, b.w)};
}

// The pixels that the drawing backend fills for it: it cuts off the fractions of one corner and of
// the extent, not of the other corner, so that a part of the area would be a row or column short.
ImVec4 in_pixels(const ImVec4& clip, float screen_height) {
  const float left = std::trunc(clip.x), below = std::trunc(screen_height - clip.w);
  const float width = std::trunc(clip.z - clip.x), height = std::trunc(clip.w - clip.y);
  return {left, screen_height - below - height, left + width, screen_height - below};
}

bool is_empty(const ImVec4& area) { return area.x >= area.z || area.y >= area.w; }

}  // namespace

bool ChangedArea::limit(ImDrawData& data) {
  if (data.DisplaySize.x != size_.x || data.DisplaySize.y != size_.y) {
    size_ = data.DisplaySize;
    columns_ = int(std::ceil(size_.x / cell_px));
    rows_ = int(std::ceil(size_.y / cell_px));
    cells_.clear();
  }
  position_ = data.DisplayPos;
  before_.swap(cells_);
  cells_.assign(size_t(columns_) * size_t(rows_), 0);
  for (const ImDrawList* list : data.CmdLists) hash(*list);
  if (before_.size() != cells_.size()) return true;
  find_changes();
  merge_changes();
  for (ImDrawList* list : data.CmdLists) limit(*list);
  return !changes_.empty();
}

ChangedArea::Range ChangedArea::cells_of(const ImVec4& clip) const {
  const auto cell = [](float at, int most) {
    return std::clamp(int(std::floor(at / cell_px)), 0, most);
  };
  const auto end = [](float at, int most) {
    return std::clamp(int(std::ceil(at / cell_px)), 0, most);
  };
  return {cell(clip.x - position_.x, columns_), cell(clip.y - position_.y, rows_),
          end(clip.z - position_.x, columns_), end(clip.w - position_.y, rows_)};
}

void ChangedArea::mark(const Range& range, uint64_t value) {
  for (int y = range.top; y < range.bottom; ++y) {
    uint64_t* row = &cells_[size_t(y) * size_t(columns_)];
    for (int x = range.left; x < range.right; ++x) row[x] = mixed(row[x], value);
  }
}

void ChangedArea::hash(const ImDrawList& list) {
  vertices_.clear();
  for (const ImDrawVert& vertex : list.VtxBuffer) vertices_.push_back(mixed_words(1, vertex));
  for (const ImDrawCmd& command : list.CmdBuffer) {
    if (command.UserCallback == ImDrawCallback_ResetRenderState) continue;
    const uint64_t place = mixed_words(texture_of(command), command.ClipRect);
    if (command.UserCallback) {
      const auto& drawn = *static_cast<const DrawnByCallback*>(command.UserCallbackData);
      mark(cells_of(command.ClipRect), mixed(place, drawn.content));
      continue;
    }
    for (unsigned i = 0; i + 2 < command.ElemCount; i += 3) {
      ImVec4 bounds = {size_.x + position_.x, size_.y + position_.y, position_.x, position_.y};
      uint64_t triangle = place;
      for (unsigned corner = 0; corner < 3; ++corner) {
        const int index =
            int(command.VtxOffset) + list.IdxBuffer[int(command.IdxOffset + i + corner)];
        const ImVec2 at = list.VtxBuffer[index].pos;
        bounds = {std::min(bounds.x, at.x), std::min(bounds.y, at.y), std::max(bounds.z, at.x),
                  std::max(bounds.w, at.y)};
        triangle = mixed(triangle, vertices_[size_t(index)]);
      }
      const ImVec4 seen = common(bounds, command.ClipRect);
      if (!is_empty(seen)) mark(cells_of(seen), triangle);
    }
  }
}

// Runs of changed cells in a row, each as far down as all of it has changed.
void ChangedArea::find_changes() {
  changes_.clear();
  const auto changed = [&](int x, int y) {
    const size_t i = size_t(y) * size_t(columns_) + size_t(x);
    return cells_[i] != before_[i];
  };
  std::vector<int> taken(size_t(columns_), 0);  // up to that row, in an area already
  for (int y = 0; y < rows_; ++y) {
    for (int x = 0; x < columns_; ++x) {
      const auto open = [&](int column) { return taken[size_t(column)] <= y; };
      if (!open(x) || !changed(x, y)) continue;
      Range area{x, y, x, y + 1};
      while (area.right < columns_ && open(area.right) && changed(area.right, y)) ++area.right;
      const auto whole = [&](int row) {
        for (int column = area.left; column < area.right; ++column) {
          if (!changed(column, row)) return false;
        }
        return true;
      };
      while (area.bottom < rows_ && whole(area.bottom)) ++area.bottom;
      std::fill(taken.begin() + area.left, taken.begin() + area.right, area.bottom);
      changes_.push_back(area);
    }
  }
}

// Joins two areas wherever that is cheaper, the most rewarding first. What the joined one overlaps
// is joined too: a place that is drawn twice would blend twice.
void ChangedArea::merge_changes() {
  const auto joined = [](const Range& a, const Range& b) {
    return Range{std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
                 std::max(a.bottom, b.bottom)};
  };
  const auto cost = [](const Range& a) {
    return area_cost + (a.right - a.left) * (a.bottom - a.top);
  };
  const auto overlap = [](const Range& a, const Range& b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  };
  if (changes_.size() > most_compared) {
    Range all = changes_.front();
    for (const Range& area : changes_) all = joined(all, area);
    changes_ = {all};
  }
  for (;;) {
    int most = 0;
    size_t first = 0, second = 0;
    for (size_t i = 0; i < changes_.size(); ++i) {
      for (size_t j = i + 1; j < changes_.size(); ++j) {
        const int saved =
            cost(changes_[i]) + cost(changes_[j]) - cost(joined(changes_[i], changes_[j]));
        if (saved > most) most = saved, first = i, second = j;
      }
    }
    if (most == 0) return;
    Range whole = joined(changes_[first], changes_[second]);
    changes_.erase(changes_.begin() + ptrdiff_t(second));
    changes_.erase(changes_.begin() + ptrdiff_t(first));
    for (size_t i = 0; i < changes_.size();) {
      if (!overlap(whole, changes_[i])) {
        ++i;
        continue;
      }
      whole = joined(whole, changes_[i]);
      changes_.erase(changes_.begin() + ptrdiff_t(i));
      i = 0;
    }
    changes_.push_back(whole);
  }
}

void ChangedArea::limit(ImDrawList& list) const {
  ImVector<ImDrawCmd> limited;
  for (const Range& area : changes_) {
    const ImVec4 seen = {
        position_.x + float(area.left) * cell_px, position_.y + float(area.top) * cell_px,
        position_.x + float(area.right) * cell_px, position_.y + float(area.bottom) * cell_px};
    for (const ImDrawCmd& command : list.CmdBuffer) {
      if (command.UserCallback == ImDrawCallback_ResetRenderState) {
        // Needed behind callbacks only, and not cheap.
        if (!limited.empty() && limited.back().UserCallback) limited.push_back(command);
        continue;
      }
      const ImVec4 clip = common(in_pixels(command.ClipRect, size_.y), seen);
      if (is_empty(clip)) continue;
      limited.push_back(command);
      limited.back().ClipRect = clip;
    }
  }
  list.CmdBuffer.swap(limited);
}

}  // namespace limpid
