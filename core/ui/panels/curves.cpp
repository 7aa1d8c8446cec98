#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "core/chart/axis.h"
#include "core/ui/controls.h"
#include "core/ui/curve.h"
#include "core/ui/format.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/viewer/view.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

using History = std::vector<EpochRecord>;

struct Curve {
  double EpochRecord::*value;
  Text name;
  ImU32 color;
};

struct Chart {
  Area area;  // within the axes
  Axis x, y;

  ImVec2 at(double epoch, double value) const {
    return {area.low.x + float(position(x, epoch)) * area.width(),
            area.high.y - float(position(y, value)) * area.height()};
  }
};

// A run beside the shown one.
struct Other {
  const RunEntry* run;
  ImU32 color;
};

std::vector<Other> others_of(const UiState& state) {
  std::vector<Other> others;
  for (size_t i = 0; i < state.runs.size(); ++i) {
    const RunEntry& run = state.runs[i];
    const bool running = !state.training.idle();
    const bool shown = run.number == (running ? state.training.run : state.chosen_run);
    if (run.charted && !shown && !run.history.empty()) others.push_back({&run, run_color(i)});
  }
  return others;
}

// What the shown history was, or is to become.
int epochs_of(const UiState& state) {
  if (!state.training.idle()) return state.training.running.settings.epochs;
  return int(shown_history(state).size());
}

Chart chart_of(const UiState& state, std::span<const Other> others, ImVec2 low, ImVec2 high) {
  const History& history = shown_history(state);
  const bool logarithmic = state.training.logarithmic;
  double least = std::numeric_limits<double>::infinity(), most = -least;
  const auto hold = [&](double value) {
    least = std::min(least, value);
    most = std::max(most, value);
  };
  for (const EpochRecord& record : history) hold(record.loss), hold(record.val_loss);
  int epochs = epochs_of(state);
  for (const Other& other : others) {
    for (const EpochRecord& record : other.run->history) hold(record.val_loss);
    epochs = std::max(epochs, int(other.run->history.size()));
  }
  // A run of thousands of epochs shows those that are there.
  const bool few = others.empty() && int(history.size()) < epochs / 4;
  const int last = std::max(few ? int(history.size()) * 2 : epochs, 2);
  const int across = std::max(2, int((high.x - low.x) / px(80)));
  const int up = std::max(2, int((high.y - low.y) / px(45)));
  return {{{low.x, low.y}, {high.x, high.y}},
          whole_axis(1, std::max(last, int(history.size())), across),
          logarithmic ? logarithmic_axis(least, most, up)
                      : linear_axis(std::min(0.0, least), most, up)};
}

void draw_axes(ImDrawList& list, const Chart& chart) {
  const Palette& p = colors();
  const WithFont font(Face::body, small_px - 1);
  const float line = ImGui::GetTextLineHeight();
  for (const double mark : chart.y.marks) {
    const float y = std::round(chart.at(chart.x.low, mark).y);
    list.AddLine({chart.area.low.x, y}, {chart.area.high.x, y}, p.border, px(1));
    const std::string name = mark_text(chart.y, mark);
    const float wide = ImGui::CalcTextSize(name.c_str()).x;
    list.AddText({chart.area.low.x - wide - px(8), y - line / 2}, p.muted, name.c_str());
  }
  for (const double mark : chart.x.marks) {
    const float x = std::round(chart.at(mark, chart.y.low).x);
    const std::string name = mark_text(chart.x, mark);
    const float wide = ImGui::CalcTextSize(name.c_str()).x;
    list.AddLine({x, chart.area.high.y}, {x, chart.area.high.y + px(4)}, p.faint, px(1));
    list.AddText({x - wide / 2, chart.area.high.y + px(7)}, p.muted, name.c_str());
  }
}

void draw_curve(ImDrawList& list, const Chart& chart, const History& history, const Curve& curve) {
  std::vector<Point> all;
  for (const EpochRecord& record : history) {
    const ImVec2 at = chart.at(record.epoch, record.*curve.value);
    all.push_back({at.x, at.y});
  }
  std::vector<ImVec2> points;
  for (const Point& point : thinned(all)) points.push_back({point.x, point.y});
  list.AddPolyline(points.data(), int(points.size()), curve.color, 0, px(2));
  // Single epochs can be told apart while there are few.
  if (points.size() <= 20) {
    for (const ImVec2 point : points) list.AddCircleFilled(point, px(3), curve.color);
  }
}

void draw_name(const char* name, ImU32 color) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float middle = at.y + ImGui::GetTextLineHeight() / 2;
  list.AddRectFilled({at.x, middle - px(1.5f)}, {at.x + px(16), middle + px(1.5f)}, color, px(2));
  ImGui::Dummy({px(16), 0});
  ImGui::SameLine();
  ImGui::TextUnformatted(name);
}

void draw_legend(std::span<const Curve> curves) {
  const WithFont font(Face::body, small_px);
  ImGui::TextDisabled("%s", text(Text::curves));
  ImGui::SameLine(0, px(18));
  for (const Curve& curve : curves) {
    draw_name(text(curve.name), curve.color);
    ImGui::SameLine(0, px(18));
  }
}

// Those of the other runs, in as many lines as they need.
void draw_other_names(std::span<const Other> others) {
  const WithFont font(Face::body, small_px);
  float left = ImGui::GetContentRegionAvail().x;
  const float all = left;
  for (const Other& other : others) {
    const std::string name = fitted(other.run->name, all - px(60));
    const float wide = ImGui::CalcTextSize(name.c_str()).x + px(50);
    if (left < all && wide < left)
      ImGui::SameLine(0, px(18));
    else
      left = all;
    draw_name(name.c_str(), other.color);
    left -= wide;
  }
}

// The values of the epoch under the pointer.
void draw_hover(ImDrawList& list, const Chart& chart, const History& history,
                std::span<const Curve> curves, std::span<const Other> others) {
  const float share = (ImGui::GetIO().MousePos.x - chart.area.low.x) / chart.area.width();
  const double epoch = chart.x.low + double(share) * (chart.x.high - chart.x.low);
  const size_t i = size_t(std::clamp(std::lround(epoch) - 1, 0L, long(history.size()) - 1));
  const EpochRecord& record = history[i];
  const float x = chart.at(record.epoch, chart.y.low).x;
  list.AddLine({x, chart.area.low.y}, {x, chart.area.high.y}, colors().faint, px(1));
  for (const Curve& curve : curves) {
    const ImVec2 at = chart.at(record.epoch, record.*curve.value);
    list.AddCircleFilled(at, px(5), colors().panel);
    list.AddCircleFilled(at, px(3.5f), curve.color);
  }
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(12), px(10)});
  ImGui::BeginTooltip();
  ImGui::Text("%s %d", text(Text::epoch), record.epoch);
  for (const Curve& curve : curves) {
    ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(curve.color), "%s  %s", text(curve.name),
                       significant_text(record.*curve.value, 4).c_str());
  }
  ImGui::TextDisabled("%s  %s", text(Text::test_rmse), fixed_text(record.rmse, 4).c_str());
  for (const Other& other : others) {
    if (i >= other.run->history.size()) continue;
    ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(other.color), "%s  %s",
                       fitted(other.run->name, px(220)).c_str(),
                       significant_text(other.run->history[i].val_loss, 4).c_str());
  }
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
}

// What is shown, the curves' names and their scale, in one line where there is room; whether the
// curves are shown, and not the layers.
bool draw_header(TrainingState& training, std::span<const Curve> curves, bool no_curve) {
  const ImVec2 top = ImGui::GetCursorScreenPos();
  const float right = top.x + ImGui::GetContentRegionAvail().x;
  const char* views[] = {text(Text::curves_shown), text(Text::layers)};
  int view = training.shows_layers.value_or(no_curve) ? 1 : 0;
  // On a telephone both choices share what there is.
  const float gap = px(8), both = std::min(right - top.x - gap, px(170 + 150));
  const float views_width = both * 170 / (170 + 150), scales_width = both - views_width;
  if (segmented("view", views, view, views_width)) training.shows_layers = view == 1;
  if (view == 1) return false;
  const bool one_line = right - top.x > px(560);  // else the legend is below
  ImGui::SetCursorScreenPos({top.x + px(170 + 18), top.y + (px(33) - px(small_px)) / 2});
  if (one_line) draw_legend(curves);
  ImGui::SetCursorScreenPos({right - scales_width, top.y});
  const char* scales[] = {text(Text::linear), text(Text::logarithmic)};
  int scale = training.logarithmic ? 1 : 0;
  if (segmented("scale", scales, scale, scales_width)) training.logarithmic = scale == 1;
  if (!one_line) {
    draw_legend(curves);
    ImGui::NewLine();
  }
  return true;
}

void draw_hint(ImVec2 start, ImVec2 room) {
  ImGui::SetCursorScreenPos({start.x, start.y + room.y / 2 - px(20)});
  const float wide = ImGui::CalcTextSize(text(Text::curves_hint)).x;
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::max(0.0f, (room.x - wide) / 2));
  paragraph(text(Text::curves_hint), colors().muted);
}

void draw_chart(const Chart& chart, const History& history, std::span<const Curve> curves,
                std::span<const Other> others) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  draw_axes(list, chart);
  for (const Other& other : others) {
    draw_curve(list, chart, other.run->history,
               {&EpochRecord::val_loss, Text::validation_loss, other.color});
  }
  for (const Curve& curve : curves) draw_curve(list, chart, history, curve);
  ImGui::SetCursorScreenPos({chart.area.low.x, chart.area.low.y});
  ImGui::InvisibleButton("chart", {chart.area.width(), chart.area.height()});
  if (history.empty()) return;
  const EpochRecord& last = history.back();
  char losses[96];
  std::snprintf(losses, sizeof losses, text(Text::last_losses), last.epoch,
                fixed_text(last.loss, 5).c_str(), fixed_text(last.val_loss, 5).c_str());
  note_control(Role::text, text(Text::curves), losses);
  if (ImGui::IsItemHovered()) draw_hover(list, chart, history, curves, others);
}

}  // namespace

void draw_curves(UiState& state, ViewerCard& card, float height) {
  begin_card("curves", nullptr, {0, height});
  const Curve curves[] = {{&EpochRecord::loss, Text::training_loss, colors().accent},
                          {&EpochRecord::val_loss, Text::validation_loss, colors().warm}};
  const History& history = shown_history(state);
  const std::vector<Other> others = others_of(state);
  const bool no_curve = history.empty() && others.empty();
  if (!draw_header(state.training, curves, no_curve)) {
    draw_layers(state, card);
    return end_card();
  }
  draw_other_names(others);
  const ImVec2 start = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
  const ImVec2 low = {start.x + px(48), start.y + px(8)};
  const ImVec2 high = {start.x + room.x - px(8), start.y + room.y - px(24)};
  if (no_curve)
    draw_hint(start, room);
  else if (high.x > low.x && high.y > low.y)
    draw_chart(chart_of(state, others, low, high), history, curves, others);
  end_card();
}

}  // namespace limpid
