#include <algorithm>
#include <filesystem>

#include "core/ui/controls.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

constexpr float name_px = 260, folder_px = 260;

// One that is listed already is shown, not listed again.
void reopen(UiState& state, const std::string& path) {
  for (const PictureEntry& entry : state.pictures) {
    if (entry.path == path) return show_picture(state, entry.number);
  }
  state.to_open.push_back(path);
}

// Its name, and its folder beside it: names alone are often alike.
void draw_row(UiState& state, const std::string& path) {
  const std::filesystem::path parts = path;
  const std::string name = parts.filename().string(), folder = parts.parent_path().string();
  const ImVec2 low = ImGui::GetCursorScreenPos();
  const std::string label = "##" + path;
  if (ImGui::Selectable(label.c_str(), false, 0, {px(name_px + folder_px), px(24)})) {
    reopen(state, path);
  }
  note_control(Role::option, name, path, false);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float y = low.y + (px(24) - ImGui::GetTextLineHeight()) / 2;
  list.AddText({low.x + px(6), y}, colors().text, fitted(name, px(name_px - 20)).c_str());
  list.AddText({low.x + px(name_px), y}, colors().muted, fitted(folder, px(folder_px - 8)).c_str());
  explain(path.c_str());
}

}  // namespace

void draw_recent(UiState& state) {
  if (button(text(Text::recent))) ImGui::OpenPopup("recent");
  // Below the button, which it does not cover.
  const ImVec2 corner = ImGui::GetItemRectMax();
  ImGui::SetNextWindowPos({corner.x, corner.y + px(6)}, ImGuiCond_Always, {1, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(8), px(8)});
  if (ImGui::BeginPopup("recent")) {
    for (const std::string& path : state.recent) draw_row(state, path);
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar();
}

}  // namespace limpid
