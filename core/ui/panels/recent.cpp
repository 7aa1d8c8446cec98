#include <algorithm>
#include <filesystem>

#include "core/ui/controls.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"

namespace limpid {

void draw_recent(UiState& state) {
  if (button(text(Text::recent))) ImGui::OpenPopup("recent");
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(8), px(8)});
  if (ImGui::BeginPopup("recent")) {
    for (const std::string& path : state.recent) {
      const std::string name = std::filesystem::path(path).filename().string();
      if (ImGui::Selectable((fitted(name, px(320)) + "##" + path).c_str())) {
        state.to_open.push_back(path);
      }
      note_control(Role::option, name, path, false);
      explain(path.c_str());
    }
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar();
}

}  // namespace limpid
