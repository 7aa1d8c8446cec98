#include "native/desktop/file_browser.h"

#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/ui/controls.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"
#include "native/desktop/folders.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

constexpr const char* popup = "Files";
constexpr float row_px = 30;

std::string home() {
  const char* folder = std::getenv("HOME");
  return folder && *folder ? folder : "/";
}

bool is_path(const std::string& typed) {
  return typed.find('/') != std::string::npos || typed == "~";
}

// Without a slash at its end, which would be a folder of its own for parent_path().
std::string plain(const fs::path& folder) {
  const fs::path normal = folder.lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).string();
}

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

}  // namespace

FileBrowser::FileBrowser() : folder_(pictures_folder().string()) {}

void FileBrowser::ask(const Question& question, Dialogs::Answer answer) {
  question_ = question;
  answer_ = std::move(answer);
  opening_ = true;
  hidden_ = false;
  const fs::path proposed = fs::path(question.proposed).parent_path();
  go(proposed.empty() ? folder_ : proposed.string());
  type(fs::path(question.proposed).filename().string());
}

// In place of what the user typed. A new field, since ImGui keeps the text of one that was edited.
void FileBrowser::type(const std::string& text) {
  typed_ = text;
  ++field_;
  to_field_ = true;
}

void FileBrowser::go(const std::string& folder, const std::string& marked) {
  folder_ = plain(folder);
  entries_.clear();
  unreadable_.clear();
  refusal_.clear();
  type(saves() && !is_path(typed_) ? typed_ : "");
  list();
  to_mark_ = marked;
  reader_.emplace(folder_);
}

void FileBrowser::go_up() {
  const fs::path folder = folder_;
  if (folder.has_relative_path()) go(folder.parent_path().string(), folder.filename().string());
}

void FileBrowser::take_listing() {
  if (!reader_) return;
  std::optional<FolderListing> listing = reader_->take();
  if (!listing) return;
  reader_.reset();
  entries_ = std::move(listing->entries);
  unreadable_ = std::move(listing->problem);
  list();
  for (size_t row = 0; row < listed_.size(); ++row) {
    if (entry(int(row)).name == to_mark_) mark(int(row));
  }
  if (std::exchange(enters_, false)) enter();
}

// The rows, by what is typed: a name that begins so is marked, else the first that holds it.
void FileBrowser::list() {
  const std::string part = saves() || is_path(typed_) ? "" : lower(typed_);
  listed_.clear();
  chosen_.clear();
  marked_ = anchor_ = -1;
  int first = -1;
  for (size_t i = 0; i < entries_.size(); ++i) {
    const std::string name = lower(entries_[i].name);
    if (name[0] == '.' && !hidden_ && part[0] != '.') continue;
    const size_t at = name.find(part);
    if (at == std::string::npos) continue;
    if (at == 0 && first < 0) first = int(listed_.size());
    listed_.push_back(i);
  }
  if (!part.empty() && !listed_.empty()) mark(std::max(first, 0));
}

void FileBrowser::mark(int row) {
  marked_ = anchor_ = row;
  reveal_ = true;
  chosen_.clear();
  if (!entry(row).folder) chosen_ = {entry(row).name};
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

void FileBrowser::press(int row) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool several = question_.kind == Question::Kind::files;
  if (several && io.KeyCtrl && !entry(row).folder) {
    marked_ = anchor_ = row;
    if (!chosen_.erase(entry(row).name)) chosen_.insert(entry(row).name);
  } else if (several && io.KeyShift && anchor_ >= 0) {
    marked_ = row;
    chosen_.clear();
    for (int i = std::min(anchor_, row); i <= std::max(anchor_, row); ++i) {
      if (!entry(i).folder) chosen_.insert(entry(i).name);
    }
  } else {
    mark(row);
  }
  if (saves() && !entry(row).folder) type(entry(row).name);
}

void FileBrowser::open(int row) {
  if (entry(row).folder) return go(path_of(entry(row).name));
  choose();
}

void FileBrowser::enter() {
  refusal_.clear();
  to_field_ = true;
  if (reader_ && !is_path(typed_)) {  // once its names are known
    enters_ = true;
    return;
  }
  if (marked_ >= 0 && (!saves() || entry(marked_).folder)) return open(marked_);
  if (typed_.empty()) {
    if (question_.kind == Question::Kind::folder) choose();
    return;
  }
  const std::string path = path_of(typed_);
  std::error_code code;
  if (fs::is_directory(path, code)) return go(path);
  // A file is replaced by the button alone, which says so.
  if (saves() && !replaces() && can_choose()) return choose();
  if (question_.kind == Question::Kind::files && fs::exists(path, code)) return finish({path});
  if (saves()) return;
  char sentence[256];
  const std::string name = fs::path(path).filename().string();
  std::snprintf(sentence, sizeof sentence, text(Text::no_such_file), fitted(name, px(300)).c_str());
  refusal_ = sentence;
}

std::string FileBrowser::path_of(const std::string& name) const {
  if (name == "~" || name.rfind("~/", 0) == 0) return plain(home() + name.substr(1));
  return plain(fs::path(folder_) / name);
}

bool FileBrowser::replaces() const {
  std::error_code code;
  return saves() && !typed_.empty() && fs::is_regular_file(path_of(typed_), code);
}

bool FileBrowser::can_choose() const {
  std::error_code code;
  switch (question_.kind) {
    case Question::Kind::files: return !chosen_.empty();
    case Question::Kind::folder: return unreadable_.empty();
    case Question::Kind::save:
      return !typed_.empty() && fs::is_directory(fs::path(path_of(typed_)).parent_path(), code) &&
             !fs::is_directory(path_of(typed_), code);
  }
  return false;
}

void FileBrowser::choose() {
  if (!can_choose()) return;
  std::vector<std::string> paths;
  if (saves()) paths = {path_of(typed_)};
  if (question_.kind == Question::Kind::folder) paths = {folder_};
  if (question_.kind == Question::Kind::files) {
    for (const std::string& name : chosen_) paths.push_back(path_of(name));
  }
  finish(std::move(paths));
}

void FileBrowser::finish(std::vector<std::string> paths) {
  ImGui::CloseCurrentPopup();
  open_ = false;
  if (!paths.empty()) answer_(paths);
}

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
  const float line = ImGui::GetTextLineHeightWithSpacing();
  draw_entries(ImGui::GetContentRegionAvail().y - line - ImGui::GetFrameHeightWithSpacing() -
               px(6));
  draw_buttons();
  ImGui::EndPopup();
}

void FileBrowser::draw_place() {
  if (button(text(Text::folder_above))) go_up();
  ImGui::SameLine();
  if (button(text(Text::home_folder))) go(home());
  ImGui::SameLine();
  const char* hidden = text(Text::hidden_files);
  const float right = ImGui::CalcTextSize(hidden).x + ImGui::GetFrameHeight() + px(8);
  const float room = ImGui::GetContentRegionAvail().x - right - px(12);
  const float left = ImGui::GetCursorPosX();
  // The end of a path tells more than its beginning.
  std::string place = folder_;
  while (ImGui::CalcTextSize(place.c_str()).x > room && place.find('/', 2) != std::string::npos) {
    place = "…" + place.substr(place.find('/', place[0] == '/' ? 1 : 4));
  }
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted(fitted(place, room).c_str());
  explain(folder_.c_str());
  ImGui::SameLine(left + room + px(12));
  const bool toggled = ImGui::Checkbox(hidden, &hidden_);
  const bool by_key = ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_H);
  if (by_key) hidden_ = !hidden_;
  if (toggled || by_key) {
    list();
    to_field_ = true;
  }
}

void FileBrowser::draw_field() {
  const bool was_empty = typed_.empty();
  if (std::exchange(to_field_, false)) ImGui::SetKeyboardFocusHere();
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
  if (active) mark_by_keys();
  if (active && was_empty && ImGui::IsKeyPressed(ImGuiKey_Backspace)) go_up();
  if (entered) enter();
}

void FileBrowser::draw_entries(float height) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(6), px(6)});
  ImGui::BeginChild("entries", {0, std::max(height, px(80))}, ImGuiChildFlags_Borders);
  ImGui::PopStyleVar();
  if (!unreadable_.empty()) {
    paragraph(unreadable_.c_str(), colors().bad);
  } else if (listed_.empty() && !reader_) {
    paragraph(text(entries_.empty() ? Text::nothing_here : Text::nothing_found), colors().muted);
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

void FileBrowser::draw_buttons() {
  const bool taken = replaces();
  const char* said = taken ? text(Text::name_taken) : refusal_.c_str();
  ImGui::PushStyleColor(ImGuiCol_Text, taken ? colors().warm : colors().bad);
  ImGui::TextUnformatted(fitted(said, ImGui::GetContentRegionAvail().x).c_str());
  note_control(Role::text, said);
  ImGui::PopStyleColor();
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
