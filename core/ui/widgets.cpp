#include "core/ui/widgets.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "core/ui/controls.h"
#include "core/ui/theme.h"

namespace limpid {
namespace {

// What follows "##" names a control and is not shown.
const char* shown_end(const char* text) {
  const char* mark = std::strstr(text, "##");
  return mark ? mark : text + std::strlen(text);
}

ImVec2 left_in_column() { return ImGui::GetContentRegionAvail(); }

void centered_text(ImDrawList& list, ImVec2 low, ImVec2 high, const char* text, ImU32 color) {
  const ImVec2 size = ImGui::CalcTextSize(text, nullptr, true);
  const ImVec2 at = {std::round((low.x + high.x - size.x) / 2),
                     std::round((low.y + high.y - size.y) / 2)};
  const char* end = shown_end(text);
  list.PushClipRect(low, high, true);
  list.AddText({std::max(at.x, low.x + px(4)), at.y}, color, text, end);
  list.PopClipRect();
}

// A line of an opened choice, with a note in small letters below it; true when it is pressed.
bool option(const char* name, const std::string& note, bool chosen) {
  if (note.empty()) {
    const bool pressed = ImGui::Selectable(name, chosen);
    note_control(Role::option, name, {}, chosen);
    return pressed;
  }
  const ImVec2 low = ImGui::GetCursorScreenPos();
  const float line = ImGui::GetTextLineHeight();
  ImVec2 size = {0, 0};
  {
    const WithFont font(Face::body, small_px);
    size = ImGui::CalcTextSize(note.c_str());
  }
  const float width = std::max(ImGui::GetContentRegionAvail().x, size.x);
  const bool pressed = ImGui::Selectable("##option", chosen, 0, {width, line + size.y});
  note_control(Role::option, name, note, chosen);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddText(low, colors().text, name);
  const WithFont font(Face::body, small_px);
  list.AddText({low.x, low.y + line}, colors().muted, note.c_str());
  return pressed;
}

}  // namespace

void begin_card(const char* id, const char* title, ImVec2 size) {
  ImGui::PushStyleColor(ImGuiCol_ChildBg, colors().panel);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(16), px(14)});
  ImGuiChildFlags flags = ImGuiChildFlags_Borders | ImGuiChildFlags_AlwaysUseWindowPadding |
                          ImGuiChildFlags_NavFlattened;
  if (size.y == 0) flags |= ImGuiChildFlags_AutoResizeY;
  ImGui::BeginChild(id, size, flags);
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
  if (title) {
    const WithFont style(Face::strong, body_px);
    ImGui::TextUnformatted(title);
    ImGui::Dummy({0, px(1)});
  }
}

void end_card() { ImGui::EndChild(); }

bool button(const char* label, Look look, float width) {
  const Palette& p = colors();
  const ImVec2 text = ImGui::CalcTextSize(label, nullptr, true);
  const ImVec2 size = {width > 0 ? width : text.x + px(28), ImGui::GetFrameHeight() + px(2)};
  const ImVec2 low = ImGui::GetCursorScreenPos(), high = {low.x + size.x, low.y + size.y};
  const bool pressed = ImGui::InvisibleButton(label, size, ImGuiButtonFlags_EnableNav);
  note_control(Role::button, label);
  const bool hovered = ImGui::IsItemHovered(), held = ImGui::IsItemActive();
  const bool enabled = ImGui::GetStyle().Alpha > 0.99f;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImU32 fill = look == Look::main ? (hovered ? p.accent_hovered : p.accent)
                     : hovered          ? p.hovered
                                        : p.raised;
  const ImU32 ink = look == Look::main ? p.on_accent : p.text;
  list.AddRectFilled(low, high, enabled ? fill : p.raised, px(7));
  if (held) list.AddRect(low, high, p.accent, px(7), 0, px(1));
  centered_text(list, low, high, label, enabled ? ink : p.faint);
  return pressed;
}

bool segmented(const char* id, std::span<const char* const> labels, int& chosen, float width) {
  const Palette& p = colors();
  if (width <= 0) width = left_in_column().x;
  const float height = ImGui::GetFrameHeight() + px(2);
  const ImVec2 low = ImGui::GetCursorScreenPos(), high = {low.x + width, low.y + height};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(low, high, p.raised, px(8));
  // Each gets room by the length of its text.
  float texts = 0;
  for (const char* label : labels) texts += ImGui::CalcTextSize(label).x;
  const float padding = (width - texts) / float(labels.size());
  float x = low.x;
  bool changed = false;
  ImGui::PushID(id);
  for (int i = 0; i < int(labels.size()); ++i) {
    const float part = ImGui::CalcTextSize(labels[size_t(i)]).x + padding;
    ImGui::SetCursorScreenPos({x, low.y});
    if (ImGui::InvisibleButton(labels[size_t(i)], {part, height}, ImGuiButtonFlags_EnableNav) &&
        i != chosen) {
      chosen = i;
      changed = true;
    }
    note_control(Role::option, labels[size_t(i)], {}, i == chosen);
    const ImVec2 from = {x + px(3), low.y + px(3)}, to = {x + part - px(3), high.y - px(3)};
    const bool on = i == chosen;
    if (on || ImGui::IsItemHovered()) {
      list.AddRectFilled(from, to, on ? p.panel : p.hovered, px(6));
      if (on) list.AddRect(from, to, p.border, px(6));
    }
    centered_text(list, {x, low.y}, {x + part, high.y}, labels[size_t(i)], on ? p.accent : p.muted);
    x += part;
  }
  ImGui::PopID();
  ImGui::SetCursorScreenPos(low);
  ImGui::Dummy({width, height});
  return changed;
}

void caption(const char* text) {
  const WithFont font(Face::body, small_px);
  const char* end = shown_end(text);
  // Drawn by hand: text of ImGui's own would follow the base line of the control beside it.
  ImGui::GetWindowDrawList()->AddText(ImGui::GetCursorScreenPos(), colors().muted, text, end);
  const ImVec2 size = ImGui::CalcTextSize(text, end);
  ImGui::Dummy({size.x, size.y - px(3)});
}

namespace {

// What the pointer and the arrow keys make of the slider that was submitted last, whose way runs
// `from`..`to`; whether they moved it.
bool move_slider(float& value, float from, float to, std::span<const float> marks) {
  const float before = value;
  if (ImGui::IsItemActive() && ImGui::IsMouseDown(ImGuiMouseButton_Left)) {
    float wish = std::clamp((ImGui::GetIO().MousePos.x - from) / (to - from), 0.0f, 1.0f);
    // A mark pulls from a pixel or two away.
    for (const float mark : marks) {
      if (std::abs(wish - mark) * (to - from) < px(3)) wish = mark;
    }
    value = std::round(wish * 100) / 100;
  }
  // It is dragged, also by a finger, which scrolls nothing meanwhile (core/ui/touch_scroll.h).
  if (ImGui::IsItemActive()) ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelY);
  if (ImGui::IsItemFocused()) {
    // They move it, and not on to the next control.
    for (const ImGuiKey key : {ImGuiKey_LeftArrow, ImGuiKey_RightArrow}) {
      ImGui::SetKeyOwner(key, ImGui::GetItemID());
    }
    const int step =
        ImGui::IsKeyPressed(ImGuiKey_RightArrow) - ImGui::IsKeyPressed(ImGuiKey_LeftArrow);
    if (step != 0) value = std::clamp(std::round(value * 100 + float(step)) / 100, 0.0f, 1.0f);
  }
  return value != before;
}

void draw_marks(ImDrawList& list, float from, float to, float y, std::span<const float> marks) {
  const WithFont style(Face::body, small_px - 1);
  for (const float mark : marks) {
    const float x = std::round(from + mark * (to - from));
    list.AddLine({x, y - px(2)}, {x, y + px(3)}, colors().faint, px(1));
    char name[16];
    std::snprintf(name, sizeof name, "%.1f", double(mark));
    const float wide = ImGui::CalcTextSize(name).x;
    list.AddText({x - wide / 2, y + px(3)}, colors().muted, name);
  }
}

}  // namespace

bool unit_slider(const char* id, const char* label, float& value, std::span<const float> marks) {
  const Palette& p = colors();
  const float width = left_in_column().x;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 top = ImGui::GetCursorScreenPos();
  caption(label);
  char text[16];
  std::snprintf(text, sizeof text, "%.2f", double(value));
  {
    const WithFont style(Face::strong, body_px);
    const float wide = ImGui::CalcTextSize(text).x;
    list.AddText({top.x + width - wide, top.y - px(2)}, p.text, text);
  }
  const float knob = px(8), bar = px(4), height = px(22);
  const ImVec2 low = ImGui::GetCursorScreenPos();
  const float from = low.x + knob, to = low.x + width - knob, middle = low.y + height / 2;
  ImGui::InvisibleButton(id, {width, height}, ImGuiButtonFlags_EnableNav);
  note_control(Role::slider, label, text);
  const bool moved = move_slider(value, from, to, marks);
  const float at = from + value * (to - from);
  list.AddRectFilled({from, middle - bar / 2}, {to, middle + bar / 2}, p.hovered, bar / 2);
  list.AddRectFilled({from, middle - bar / 2}, {at, middle + bar / 2}, p.accent, bar / 2);
  list.AddCircleFilled({at, middle}, ImGui::IsItemHovered() ? knob * 1.12f : knob, p.accent);
  list.AddCircleFilled({at, middle}, knob * 0.42f, p.panel);
  draw_marks(list, from, to, low.y + height, marks);
  if (!marks.empty()) ImGui::Dummy({width, px(12)});
  return moved;
}

bool number(const char* id, const char* label, int& value, int low, int high) {
  ImGui::BeginGroup();
  caption(label);
  ImGui::SetNextItemWidth(ImGui::CalcItemWidth());
  ImGui::PushID(id);
  const bool changed = ImGui::InputInt("##value", &value, 0, 0);
  note_control(Role::number, label, std::to_string(value));
  ImGui::PopID();
  ImGui::EndGroup();
  value = std::clamp(value, low, high);
  return changed;
}

bool choice(const char* id, const char* label, std::span<const char* const> names, int& chosen,
            std::span<const std::string> notes) {
  ImGui::BeginGroup();
  if (label) caption(label);
  ImGui::PushID(id);
  bool changed = false;
  const int count = int(names.size());
  const char* now = chosen < count ? names[size_t(chosen)] : "";
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(8), px(8)});
  const ImGuiComboFlags height =
      notes.empty() ? ImGuiComboFlags_HeightRegular : ImGuiComboFlags_HeightLargest;
  const bool open = ImGui::BeginCombo("##choice", now, height);
  note_control(Role::choice, label ? label : id, now);
  if (open) {
    for (int i = 0; i < count; ++i) {
      ImGui::PushID(i);
      const std::string note = notes.empty() ? "" : notes[size_t(i)];
      if (option(names[size_t(i)], note, i == chosen) && i != chosen) {
        chosen = i;
        changed = true;
      }
      ImGui::PopID();
    }
    ImGui::EndCombo();
  }
  ImGui::PopStyleVar();
  ImGui::PopID();
  ImGui::EndGroup();
  return changed;
}

void progress(float fraction, const char* text) {
  const Palette& p = colors();
  const float width = left_in_column().x, height = px(6);
  if (text) caption(text);
  if (text) note_control(Role::text, text);
  const ImVec2 low = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(low, {low.x + width, low.y + height}, p.hovered, height / 2);
  const float done = std::max(height, std::clamp(fraction, 0.0f, 1.0f) * width);
  list.AddRectFilled(low, {low.x + done, low.y + height}, p.accent, height / 2);
  ImGui::Dummy({width, height});
}

void paragraph(const char* text, ImU32 color) {
  ImGui::PushStyleColor(ImGuiCol_Text, color);
  ImGui::PushTextWrapPos(0);
  ImGui::TextUnformatted(text);
  note_control(Role::text, text);
  ImGui::PopTextWrapPos();
  ImGui::PopStyleColor();
}

void explain(const char* text) {
  if (!ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip)) return;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(12), px(10)});
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(px(300));
  ImGui::TextUnformatted(text);
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
}

std::string fitted(const std::string& text, float width) {
  if (ImGui::CalcTextSize(text.c_str()).x <= width) return text;
  const float dots = ImGui::CalcTextSize("…").x;
  size_t fits = text.size();
  while (fits > 0) {
    --fits;
    // Not within a character of UTF-8.
    if ((static_cast<unsigned char>(text[fits]) & 0xC0) == 0x80) continue;
    if (ImGui::CalcTextSize(text.c_str(), text.c_str() + fits).x + dots <= width) break;
  }
  return text.substr(0, fits) + "…";
}

void keep_tab_going() {
  ImGuiContext& g = *ImGui::GetCurrentContext();
  const bool asked = g.NavMoveScoringItems && (g.NavMoveFlags & ImGuiNavMoveFlags_IsTabbing);
  const bool passed = g.NavTabbingCounter == 1;  // ImGui sees to it itself behind the last one
  if (asked && !passed && g.NavTabbingDir > 0) g.NavMoveResultLocal = g.NavTabbingResultFirst;
}

float share_of_row(int n) {
  return (left_in_column().x - float(n - 1) * ImGui::GetStyle().ItemSpacing.x) / float(n);
}

}  // namespace limpid
