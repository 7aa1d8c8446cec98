#include <algorithm>
#include <iterator>

#include "core/ui/controls.h"
#include "core/ui/format.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/training.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

constexpr int most_rows = 8;  // then the list scrolls

// Told apart from each other and from the two colours of the chosen run, on dark and on light.
constexpr ImU32 run_colors[] = {IM_COL32(0xB0, 0x6A, 0xD8, 255), IM_COL32(0x6F, 0xA8, 0x3C, 255),
                                IM_COL32(0xD9, 0x5F, 0x86, 255), IM_COL32(0x5C, 0x80, 0xE8, 255),
                                IM_COL32(0xB8, 0x94, 0x18, 255), IM_COL32(0x3C, 0xA8, 0x8E, 255)};

std::string about(const UiState& state, const RunEntry& run) {
  const bool running = !state.training.idle() && run.number == state.training.run;
  const std::vector<EpochRecord>& history = running ? state.training.history : run.history;
  if (history.empty()) return text(running ? Text::learning : Text::no_epoch_yet);
  const bool keep_best = (running ? state.training.running : run.order).settings.keep_best;
  return epochs_text(int(history.size())) + ", RMSE " +
         fixed_text(record_of_model(history, keep_best).rmse, 4);
}

// A patch of the curve's colour; pressed, the curve comes or goes.
void draw_swatch(RunEntry& run, ImU32 color, float height) {
  const float side = px(14);
  const ImVec2 low = ImGui::GetCursorScreenPos();
  if (ImGui::InvisibleButton("curve", {px(26), height}, ImGuiButtonFlags_EnableNav)) {
    run.charted = !run.charted;
  }
  note_control(Role::option, text(Text::show_curve) + (" " + run.name), {}, run.charted);
  explain(text(Text::show_curve));
  const ImVec2 from = {low.x + px(6), low.y + (height - side) / 2};
  const ImVec2 to = {from.x + side, from.y + side};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (run.charted)
    list.AddRectFilled(from, to, color, px(4));
  else
    list.AddRect(from, to, colors().faint, px(4), 0, px(1.5f));
}

void draw_row(UiState& state, RunEntry& run, ImU32 color) {
  const Palette& p = colors();
  const float height = px(42);
  const ImVec2 low = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const bool on = run.number == state.chosen_run;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (on) list.AddRectFilled(low, {low.x + width, low.y + height}, p.accent_soft, px(6));
  draw_swatch(run, color, height);
  ImGui::SameLine(0, px(4));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float left = low.x + width - at.x - px(8);
  if (ImGui::InvisibleButton("run", {left, height}, ImGuiButtonFlags_EnableNav)) {
    state.chosen_run = run.number;
  }
  const std::string line = about(state, run);
  note_control(Role::option, run.name, line, on);
  explain(run.folder.empty() ? run.name.c_str() : run.folder.c_str());
  list.AddText({at.x, low.y + px(3)}, on ? p.text : p.muted, fitted(run.name, left).c_str());
  const WithFont font(Face::body, small_px);
  list.AddText({at.x, low.y + px(22)}, p.muted, fitted(line, left).c_str());
}

// What can be done with the chosen run while nothing is learned.
void draw_chosen(UiState& state, Platform& platform, RunEntry& run) {
  const bool can_go_on = !run.folder.empty();
  const bool has_model = !run.model_file.empty() || run.model != 0;
  ImGui::BeginDisabled(!state.training.idle());
  if (can_go_on) {
    ImGui::PushItemWidth(-FLT_MIN);
    number("run epochs", text(Text::epochs_in_all), run.order.settings.epochs,
           int(run.history.size()) + 1, most_epochs);
    ImGui::PopItemWidth();
  }
  const float share = share_of_row(2);
  if (can_go_on) {
    if (button(text(Text::go_on), Look::plain, share)) go_on_with_run(state, run);
  } else {
    ImGui::BeginDisabled(run.model_bytes.empty());
    if (button(text(Text::download_model), Look::plain, share)) save_model_of(state, platform, run);
    ImGui::EndDisabled();
  }
  ImGui::SameLine();
  ImGui::BeginDisabled(!has_model);
  if (button(text(Text::use_model), Look::plain, share)) use_model_of(state, run);
  ImGui::EndDisabled();
  ImGui::EndDisabled();
}

}  // namespace

ImU32 run_color(size_t index) { return run_colors[index % std::size(run_colors)]; }

void draw_runs(UiState& state, Platform& platform) {
  if (state.runs.empty() && !platform.keeps_files()) return;
  begin_card("runs", text(Text::runs));
  if (!state.runs.empty()) {
    const int rows = std::min(int(state.runs.size()), most_rows);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, px(2)});
    ImGui::BeginChild("list", {0, float(rows) * px(44)}, ImGuiChildFlags_NavFlattened);
    for (size_t i = 0; i < state.runs.size(); ++i) {
      ImGui::PushID(state.runs[i].number);
      draw_row(state, state.runs[i], run_color(i));
      ImGui::PopID();
    }
    ImGui::EndChild();
    ImGui::PopStyleVar();
  }
  if (RunEntry* run = find_run(state, state.chosen_run)) draw_chosen(state, platform, *run);
  if (platform.keeps_files() &&
      button(text(Text::open_run), Look::plain, ImGui::GetContentRegionAvail().x)) {
    platform.pick(Pick::folder);
  }
  end_card();
}

}  // namespace limpid
