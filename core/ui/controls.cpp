#include "core/ui/controls.h"

#include <imgui.h>

#include <nlohmann/json.hpp>
#include <utility>

namespace limpid {
namespace {

// Of the one context ImGui draws in, which is global too.
std::vector<Control> drawn;

}  // namespace

const std::vector<Control>& controls() { return drawn; }

void begin_controls() { drawn.clear(); }

void note_control(Role role, const std::string& name, const std::string& value, bool chosen) {
  if (!ImGui::IsItemVisible()) return;
  const ImVec2 low = ImGui::GetItemRectMin(), size = ImGui::GetItemRectSize();
  note_control({.role = role,
                .name = name.substr(0, name.find("##")),
                .value = value,
                .chosen = chosen,
                .enabled = ImGui::GetStyle().Alpha > 0.99f,
                .x = low.x,
                .y = low.y,
                .width = size.x,
                .height = size.y});
}

std::string to_json(const std::vector<Control>& controls) {
  constexpr const char* roles[] = {"button", "option",  "slider", "number",
                                   "choice", "picture", "text"};
  nlohmann::json all = nlohmann::json::array();
  for (const Control& control : controls) {
    all.push_back({{"role", roles[int(control.role)]},
                   {"name", control.name},
                   {"value", control.value},
                   {"chosen", control.chosen},
                   {"enabled", control.enabled},
                   {"box", {control.x, control.y, control.width, control.height}}});
  }
  // Names of files may be no UTF-8.
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void note_control(Control control) { drawn.push_back(std::move(control)); }

}  // namespace limpid
