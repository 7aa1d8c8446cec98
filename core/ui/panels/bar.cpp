#include <imgui_internal.h>

#include <algorithm>
#include <numbers>
#include <string>

#include "core/ui/controls.h"
#include "core/ui/panels.h"
#include "core/ui/scene.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

// The mark: a drop, half of it noisy.
void draw_mark(ImDrawList& list, ImVec2 at, float radius) {
  const Palette& p = colors();
  const ImVec2 middle = {at.x + radius, at.y + radius * 1.25f};
  list.PathLineTo({middle.x, middle.y - radius * 1.35f});
  list.PathBezierCubicCurveTo({middle.x + radius * 0.25f, middle.y - radius * 0.9f},
                              {middle.x + radius, middle.y - radius * 0.35f},
                              {middle.x + radius, middle.y + radius * 0.15f});
  list.PathArcTo({middle.x, middle.y + radius * 0.15f}, radius, 0, pi);
  list.PathBezierCubicCurveTo({middle.x - radius, middle.y - radius * 0.35f},
                              {middle.x - radius * 0.25f, middle.y - radius * 0.9f},
                              {middle.x, middle.y - radius * 1.35f});
  list.PathFillConcave(p.accent);
  for (const ImVec2 dot : {ImVec2{-0.45f, 0.1f}, ImVec2{-0.1f, 0.45f}, ImVec2{-0.5f, 0.55f},
                           ImVec2{-0.15f, -0.2f}, ImVec2{-0.2f, 0.85f}}) {
    list.AddCircleFilled({middle.x + dot.x * radius, middle.y + dot.y * radius}, radius * 0.13f,
                         p.panel);
  }
}

// Where the buttons of the pages lie, from the bar's left end.
struct Pages {
  float left, width;
  bool word;  // the program's name is before them; else its mark alone
};

// In the middle of the bar, or before what takes `right` at its end, as wide as there is room.
Pages place_pages(float bar, float right) {
  const float after_mark = px(46), after_word = px(124), gap = px(8);
  if (bar >= px(560) && (bar - px(220)) / 2 >= right + gap)
    return {.left = (bar - px(220)) / 2, .width = px(220), .word = true};
  const float room = bar - right - gap;
  const bool word = after_word + px(170) <= room;
  const float left = word ? after_word : after_mark;
  return {.left = left, .width = std::min(px(170), room - left), .word = word};
}

// The button that copies a link; null: there is none, or no room for it beside the pages.
const char* link_label(const Platform& platform, float bar) {
  if (!platform.can_copy_links() || bar < px(300)) return nullptr;
  return text(bar < px(560) ? Text::copy_link_short : Text::copy_link);
}

// Of a button in the bar.
float width_of(const char* label) { return ImGui::CalcTextSize(label).x + px(28); }

void draw_word(ImDrawList& list, ImVec2 at, float height) {
  const WithFont font(Face::strong, title_px);
  list.AddText({at.x, at.y + (height - ImGui::GetTextLineHeight()) / 2}, colors().text, "Limpid");
}

// Takes the press on a notice, which would else press what lies below it too; true once it is one.
bool is_dismissed(size_t which, ImVec2 low, ImVec2 size) {
  ImGui::SetNextWindowPos(low);
  ImGui::SetNextWindowSize(size);
  ImGui::Begin(("notice " + std::to_string(which)).c_str(), nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground |
                   ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav);
  ImGui::BringWindowToDisplayFront(ImGui::GetCurrentWindow());  // also of lists that are open
  const bool pressed = ImGui::InvisibleButton("dismiss", size);
  ImGui::End();
  return pressed;
}

}  // namespace

void draw_bar(UiState& state, Platform& platform, float width) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 low = ImGui::GetCursorScreenPos();
  const float height = px(52);
  const Palette& p = colors();
  list.AddRectFilled(low, {low.x + width, low.y + height}, p.panel);
  list.AddLine({low.x, low.y + height}, {low.x + width, low.y + height}, p.border, px(1));
  draw_mark(list, {low.x + px(18), low.y + px(14)}, px(9));
  const std::string other = text(state.choices.dark ? Text::light : Text::dark);
  const char* const link = link_label(platform, width);
  const float end = width - px(14), theme = end - width_of(other.c_str());
  const float left = link ? theme - px(8) - width_of(link) : theme;
  const Pages place = place_pages(width, width - left);
  if (place.word) draw_word(list, {low.x + px(46), low.y}, height);
  const float control = ImGui::GetFrameHeight() + px(2);
  const float y = low.y + (height - control) / 2;
  ImGui::SetCursorScreenPos({low.x + place.left, y});
  const char* pages[] = {text(Text::denoise), text(Text::train)};
  int page = int(state.page);
  if (segmented("pages", pages, page, place.width)) state.page = Page(page);
  if (link) {
    ImGui::SetCursorScreenPos({low.x + left, y});
    if (button((link + std::string("###link")).c_str())) platform.copy_link(link_to_scene(state));
    explain(text(Text::copy_link_explained));
  }
  ImGui::SetCursorScreenPos({low.x + theme, y});
  // It stays the same control, which keeps the keys.
  if (button((other + "###theme").c_str())) state.choices.dark = !state.choices.dark;
  if (!state.recent.empty() && width > px(700)) {
    ImGui::SetCursorScreenPos({low.x + left - px(8) - width_of(text(Text::recent)), y});
    draw_recent(state);
  }
  ImGui::SetCursorScreenPos({low.x, low.y + height});
  ImGui::Dummy({width, 0});
}

void draw_notices(UiState& state) {
  std::erase_if(state.notices, [&](const Notice& notice) { return notice.until < state.now; });
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = std::min(px(420), screen.x - px(32));
  float bottom = screen.y - px(20);
  ImDrawList& list = *ImGui::GetForegroundDrawList();
  const Palette& p = colors();
  for (auto notice = state.notices.rbegin(); notice != state.notices.rend(); ++notice) {
    const float inner = width - px(36);
    const ImVec2 size = ImGui::CalcTextSize(notice->text.c_str(), nullptr, false, inner);
    const ImVec2 high = {(screen.x + width) / 2, bottom};
    const ImVec2 low = {high.x - width, bottom - size.y - px(24)};
    list.AddRectFilled({low.x, low.y + px(3)}, {high.x, high.y + px(3)}, IM_COL32(0, 0, 0, 60),
                       px(10));
    list.AddRectFilled(low, high, p.panel, px(10));
    list.AddRect(low, high, p.border, px(10), 0, px(1));
    list.AddRectFilled(low, {low.x + px(4), high.y}, notice->news == News::bad ? p.bad : p.accent,
                       px(10), ImDrawFlags_RoundCornersLeft);
    list.AddText(ImGui::GetFont(), ImGui::GetFontSize(), {low.x + px(18), low.y + px(12)}, p.text,
                 notice->text.c_str(), nullptr, inner);
    note_control({.role = Role::text,
                  .name = text(Text::notice),
                  .value = notice->text,
                  .x = low.x,
                  .y = low.y,
                  .width = high.x - low.x,
                  .height = high.y - low.y});
    const size_t which = size_t(notice - state.notices.rbegin());
    if (is_dismissed(which, low, {high.x - low.x, high.y - low.y})) notice->until = 0;
    bottom = low.y - px(10);
  }
}

}  // namespace limpid
