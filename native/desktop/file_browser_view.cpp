// How FileBrowser looks.
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <utility>

#include "core/ui/controls.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"
#include "native/desktop/file_browser.h"

namespace limpid {
namespace {

constexpr const char* popup = "Files";
constexpr float row_px = 30;

void draw_icon(ImDrawList& list, ImVec2 at, bool folder) {
  const Palette& p = colors();
  if (folder) {
    list.AddRectFilled(at, {at.x + px(7), at.y + px(4)}, p.accent, px(1.5f));
    list.AddRectFilled({at.x, at.y + px(2)}, {at.x + px(15), at.y + px(12)}, p.accent, px(2));
  } else {
    list.AddRect({at.x + px(2), at.y - px(1)}, {at.x + px(12), at.y + px(13)}, p.faint, px(2), 0,
                 px(1.2f));
  }
}

// The width of a checkbox of that label.
float checkbox_width(const char* label) {
  return ImGui::CalcTextSize(label).x + ImGui::GetFrameHeight() + px(8);
}

// Of a path what there is room for: its end tells more than its beginning.
std::string end_of(const std::string& path, float room) {
  std::string end = path;
  size_t slash = 0;
  while (ImGui::CalcTextSize(end.c_str()).x > room) {
    slash = path.find('/', slash + 1);
    if (slash == std::string::npos) break;
    end = "…" + path.substr(slash);
  }
  return end;
}

}  // namespace

void FileBrowser::draw() {
  if (std::exchange(opening_, false)) {
    ImGui::OpenPopup(popup);
    open_ = true;
  }
  if (!open_) return;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
  ImGui::SetNextWindowSize(
      {std::min(px(720), screen.x - px(24)), std::min(px(560), screen.y - px(24))});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(18), px(16)});
  const bool shown = ImGui::BeginPopupModal(
      popup, nullptr,
      ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove);
  ImGui::PopStyleVar();
  if (!shown) {
    open_ = false;
    return;
  }
  {
    const WithFont font(Face::strong, title_px);
    ImGui::TextUnformatted(question_.title.c_str());
  }
  take_listing();
  draw_place();
  draw_field();
  draw_entries(ImGui::GetContentRegionAvail().y - 2 * ImGui::GetFrameHeightWithSpacing() - px(6));
  draw_state();
  draw_buttons();
  ImGui::EndPopup();
}

void FileBrowser::draw_place() {
  if (button(text(Text::folder_above))) go_up();
  ImGui::SameLine();
  if (button(text(Text::home_folder))) go(path_of("~"));
  ImGui::SameLine();
  const char* hidden = text(Text::hidden_files);
  const float room = ImGui::GetContentRegionAvail().x - checkbox_width(hidden) - px(12);
  const float left = ImGui::GetCursorPosX();
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted(fitted(end_of(folder_, room), room).c_str());
  explain(folder_.c_str());
  ImGui::SameLine(left + room + px(12));
  draw_switch(hidden, ImGuiKey_H, hidden_);
}

void FileBrowser::draw_switch(const char* label, ImGuiKey key, bool& on) {
  const bool toggled = ImGui::Checkbox(label, &on);
  note_control(Role::option, label, {}, on);
  const bool by_key = ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | key);
  if (by_key) on = !on;
  if (!toggled && !by_key) return;
  list();
  to_field_ = true;
}

void FileBrowser::mark_by_keys() {
  const int page = std::max(1, int(px(300) / px(row_px)));
  const int step =
      ImGui::IsKeyPressed(ImGuiKey_DownArrow) - ImGui::IsKeyPressed(ImGuiKey_UpArrow) +
      page * (ImGui::IsKeyPressed(ImGuiKey_PageDown) - ImGui::IsKeyPressed(ImGuiKey_PageUp));
  if (step == 0 || listed_.empty()) return;
  const int row = std::clamp(marked_ < 0 && step < 0 ? int(listed_.size()) - 1 : marked_ + step, 0,
                             int(listed_.size()) - 1);
  press(row);
  reveal_ = true;
}

void FileBrowser::draw_field() {
  const bool was_empty = typed_.empty();
  if (std::exchange(to_field_, false)) {
    ImGui::SetKeyboardFocusHere();
    waits_ = true;
  }
  const bool entered_early = keep_early();
  ImGui::SetNextItemWidth(-FLT_MIN);
  ImGui::PushID(field_);
  const bool entered = ImGui::InputTextWithHint(
      "##field", text(saves() ? Text::file_name : Text::name_or_path), &typed_,
      // Up and Down are not for moving to the next control.
      ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_CallbackHistory,
      [](ImGuiInputTextCallbackData*) { return 0; });
  const bool active = ImGui::IsItemActive();
  if (ImGui::IsItemEdited()) {
    refusal_.clear();
    list();
  }
  ImGui::PopID();
  listens_ = active;
  if (active) {
    waits_ = false;
    mark_by_keys();
    if (was_empty && ImGui::IsKeyPressed(ImGuiKey_Backspace)) return go_up();
  }
  if (entered || entered_early) enter();
}

// ImGui gives a field the keyboard a frame or two after it is asked to, and drops what is typed
// until then; whoever types does not wait for that. It comes first as soon as the field listens;
// whether that includes Enter is returned.
bool FileBrowser::keep_early() {
  ImVector<ImWchar>& typed = ImGui::GetIO().InputQueueCharacters;
  if (listens_) {
    for (const ImWchar letter : typed) early_.push_back(letter);
    typed.swap(early_);
    early_.resize(0);
    return std::exchange(early_enter_, false);
  }
  if (waits_ && !ImGui::IsWindowAppearing()) {  // what opens the browser may be an Enter too
    for (const ImWchar letter : typed) early_.push_back(letter);
    early_enter_ |= ImGui::IsKeyPressed(ImGuiKey_Enter, false);
  }
  return false;
}

void FileBrowser::draw_entries(float height) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(6), px(6)});
  ImGui::BeginChild("entries", {0, std::max(height, px(80))}, ImGuiChildFlags_Borders);
  ImGui::PopStyleVar();
  if (!unreadable_.empty()) {
    paragraph(unreadable_.c_str(), colors().bad);
  } else if (listed_.empty() && !reader_) {
    const Text why = entries_.empty() ? Text::nothing_here
                     : of_other_kind_ ? Text::nothing_of_kind
                                      : Text::nothing_found;
    paragraph(text(why), colors().muted);
  }
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  const std::string listed = folder_;
  ImGuiListClipper clipper;
  clipper.Begin(int(listed_.size()), px(row_px));
  if (marked_ >= 0) clipper.IncludeItemByIndex(marked_);
  while (clipper.Step()) {
    // A double click lists another folder.
    for (int row = clipper.DisplayStart; row < clipper.DisplayEnd && folder_ == listed; ++row) {
      draw_row(row);
    }
  }
  ImGui::PopStyleVar();
  ImGui::EndChild();
}

void FileBrowser::draw_row(int row) {
  const FolderEntry entry = this->entry(row);
  const bool off = !entry.folder && question_.kind == Question::Kind::folder;
  const Palette& p = colors();
  const ImVec2 low = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = px(row_px);
  ImGui::PushID(row);
  ImGui::BeginDisabled(off);
  const bool pressed = ImGui::InvisibleButton("row", {width, height});
  const bool hovered = ImGui::IsItemHovered();
  const bool below_mouse = ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem);
  ImGui::EndDisabled();
  ImGui::PopID();
  const bool on = row == marked_ || chosen_.count(entry.name) > 0;
  note_control(Role::option, entry.name, {}, on);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (on || hovered) {
    list.AddRectFilled(low, {low.x + width, low.y + height}, on ? p.accent_soft : p.raised, px(6));
  }
  draw_icon(list, {low.x + px(10), low.y + px(9)}, entry.folder);
  list.AddText({low.x + px(36), low.y + (height - ImGui::GetTextLineHeight()) / 2},
               off ? p.faint : p.text, fitted(entry.name, width - px(44)).c_str());
  if (row == marked_ && std::exchange(reveal_, false)) {
    const float top = low.y - ImGui::GetWindowPos().y, room = ImGui::GetWindowHeight();
    if (top < 0 || top + height > room) ImGui::SetScrollHereY(top < 0 ? 0.0f : 1.0f);
  }
  if (pressed) {
    to_field_ = true;
    press(row);
  }
  // Also in the frame in which the field, that the first click gave the keyboard to, takes it.
  if (below_mouse && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) open(row);
}

void FileBrowser::draw_state() {
  const bool taken = replaces();
  const char* said = taken ? text(Text::name_taken) : refusal_.c_str();
  const char* all = text(Text::all_files);
  const float left = ImGui::GetCursorPosX();
  const float right = question_.offers_all() ? 0 : checkbox_width(all) + px(12);
  const float room = ImGui::GetContentRegionAvail().x - right;
  ImGui::AlignTextToFramePadding();
  ImGui::PushStyleColor(ImGuiCol_Text, taken ? colors().warm : colors().bad);
  ImGui::TextUnformatted(fitted(said, room).c_str());
  note_control(Role::text, said);
  ImGui::PopStyleColor();
  if (question_.offers_all()) return;
  ImGui::SameLine(left + room + px(12));
  draw_switch(all, ImGuiKey_K, all_);
}

void FileBrowser::draw_buttons() {
  const bool taken = replaces();
  const bool goes_in = !saves() && marked_ >= 0 && entry(marked_).folder && chosen_.empty();
  const Text yes = taken                                      ? Text::replace_file
                   : saves()                                  ? Text::save
                   : question_.kind == Question::Kind::folder ? Text::choose_this_folder
                                                              : Text::open;
  ImGui::BeginDisabled(!can_choose() && !goes_in);
  const bool chosen = button(text(yes), Look::main, share_of_row(2));
  ImGui::EndDisabled();
  ImGui::SameLine();
  const bool no = button(text(Text::cancel), Look::plain, share_of_row(1)) ||
                  ImGui::IsKeyPressed(ImGuiKey_Escape);
  if (no) return finish({});
  if (!chosen) return;
  if (can_choose()) return choose();
  if (goes_in) open(marked_);
}

}  // namespace limpid
