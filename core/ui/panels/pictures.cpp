#include <algorithm>
#include <cstdio>
#include <numbers>
#include <optional>
#include <string>
#include <utility>

#include "core/ui/controls.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

constexpr int most_rows = 6;  // then the list scrolls
constexpr float row_px = 30;

// What happens to a picture, at the right end of its row.
void draw_status(const PictureEntry& entry, ImVec2 at) {
  using Status = PictureEntry::Status;
  const Palette& p = colors();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float radius = px(4);
  switch (entry.status) {
    case Status::failed: list.AddCircleFilled(at, radius, p.bad); break;
    case Status::restored: list.AddCircleFilled(at, radius, p.accent); break;
    case Status::restoring: {
      const float share = entry.tiles > 0 ? float(entry.tiles_done) / float(entry.tiles) : 0;
      list.AddCircle(at, radius + px(1), p.faint, 0, px(2));
      list.PathArcTo(at, radius + px(1), -pi / 2, -pi / 2 + 2 * pi * std::max(share, 0.1f));
      list.PathStroke(p.accent, 0, px(2));
      break;
    }
    default: list.AddCircle(at, radius, p.faint, 0, px(1.5f));
  }
}

// Takes the picture out of the list; true when it was pressed.
bool draw_cross(const PictureEntry& entry, ImVec2 middle, ImGuiButtonFlags flags) {
  const Palette& p = colors();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled({middle.x - px(10), middle.y - px(10)}, {middle.x + px(10), middle.y + px(10)},
                     p.raised, px(5));
  for (const float sign : {-1.0f, 1.0f}) {
    list.AddLine({middle.x - px(4), middle.y - sign * px(4)},
                 {middle.x + px(4), middle.y + sign * px(4)}, p.text, px(1.5f));
  }
  ImGui::SetCursorScreenPos({middle.x - px(12), middle.y - px(row_px) / 2});
  const bool pressed = ImGui::InvisibleButton("close", {px(24), px(row_px)}, flags);
  note_control(Role::button, text(Text::remove_picture) + (" " + entry.name));
  explain(text(Text::remove_explained));
  return pressed;
}

// True when its cross was pressed.
bool draw_row(UiState& state, const PictureEntry& entry) {
  const Palette& p = colors();
  const float width = ImGui::GetContentRegionAvail().x, height = px(row_px);
  const ImVec2 low = ImGui::GetCursorScreenPos();
  ImGui::SetNextItemAllowOverlap();
  if (ImGui::InvisibleButton("row", {width, height}, ImGuiButtonFlags_EnableNav)) {
    show_picture(state, entry.number);
  }
  note_control(Role::picture, entry.name, entry.message, entry.number == state.shown);
  const bool hovered = ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenOverlappedByItem);
  if (entry.status == PictureEntry::Status::failed) explain(entry.message.c_str());
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool on = entry.number == state.shown;
  if (on || hovered) {
    list.AddRectFilled(low, {low.x + width, low.y + height}, on ? p.accent_soft : p.raised, px(6));
  }
  // One that is pointed at has a cross in the place of its status. The shown one has both: a finger
  // points at nothing before it presses, and keys go to what is there all the time.
  const bool by_finger = ImGui::GetIO().MouseSource == ImGuiMouseSource_TouchScreen;
  const bool has_cross = on || (hovered && !by_finger);
  const float text_y = low.y + (height - ImGui::GetTextLineHeight()) / 2;
  const bool failed = entry.status == PictureEntry::Status::failed;
  list.AddText({low.x + px(10), text_y},
               failed ? p.bad
               : on   ? p.text
                      : p.muted,
               fitted(entry.name, width - px(on ? 80 : 60)).c_str());
  const ImVec2 end = {low.x + width - px(16), low.y + height / 2};
  if (on) draw_status(entry, {end.x - px(22), end.y});
  if (!has_cross) draw_status(entry, end);
  return has_cross &&
         draw_cross(entry, end, on ? ImGuiButtonFlags_EnableNav : ImGuiButtonFlags_None);
}

// Scrolls the list by as little as brings the shown picture's row into sight.
void reveal_shown(UiState& state, float height) {
  if (!std::exchange(state.reveal, false)) return;
  const PictureEntry* entry = shown_picture(state);
  if (!entry) return;
  const float top = float(entry - state.pictures.data()) * px(32), bottom = top + px(32);
  if (top < ImGui::GetScrollY()) ImGui::SetScrollY(top);
  if (bottom > ImGui::GetScrollY() + height) ImGui::SetScrollY(bottom - height);
}

}  // namespace

void draw_pictures(UiState& state, Platform& platform) {
  begin_card("pictures", text(Text::pictures));
  const float share = share_of_row(2);
  const Look look = state.pictures.empty() ? Look::main : Look::plain;
  if (button(text(Text::add_pictures), look, share)) platform.pick(Pick::pictures);
  ImGui::SameLine();
  if (button(text(Text::add_folder), Look::plain, share)) platform.pick(Pick::folder);
  int closed = 0;
  if (!state.pictures.empty()) {
    const int rows = std::min(int(state.pictures.size()), most_rows);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, px(2)});
    ImGui::BeginChild("list", {0, float(rows) * px(32)}, ImGuiChildFlags_NavFlattened);
    reveal_shown(state, float(rows) * px(32));
    ImGuiListClipper clipper;
    clipper.Begin(int(state.pictures.size()), px(32));
    while (clipper.Step()) {
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
        const PictureEntry& entry = state.pictures[size_t(i)];
        ImGui::PushID(entry.number);
        if (draw_row(state, entry)) closed = entry.number;
        ImGui::PopID();
      }
    }
    ImGui::EndChild();
    ImGui::PopStyleVar();
  }
  if (closed != 0) close_picture(state, closed);
  draw_queue(state, platform);
  end_card();
}

}  // namespace limpid
