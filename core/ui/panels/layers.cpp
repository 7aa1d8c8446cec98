#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/error.h"
#include "core/model/json.h"
#include "core/model/summary.h"
#include "core/ui/controls.h"
#include "core/ui/diagram.h"
#include "core/ui/format.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"
#include "core/ui/work/order.h"

namespace limpid {
namespace {

constexpr float filter_px = 34, largest_diagram_px = 340;

std::string shape_text(Shape shape) {
  return std::to_string(shape.height) + " × " + std::to_string(shape.width) + " × " +
         std::to_string(shape.channels);
}

ImU32 color_of(const DiagramBlock& block) {
  if (block.layer < 0) return colors().warm;
  return block.has_weights ? colors().accent : colors().faint;
}

// Name, kind, size and weights of the block under the pointer.
void explain_block(const Model& model, const Summary& summary, const DiagramBlock& block) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(12), px(10)});
  ImGui::BeginTooltip();
  if (block.layer < 0) {
    ImGui::TextUnformatted(text(Text::noisy_picture));
  } else {
    const Layer& layer = model.layers[size_t(block.layer)];
    const LayerSummary& row = summary.layers[size_t(block.layer)];
    std::string kind = row.kind;
    if (block.has_weights) {
      kind += " " + std::to_string(layer.kernel) + " × " + std::to_string(layer.kernel);
    }
    if (layer.activation != Activation::linear) kind += ", " + to_string(layer.activation);
    ImGui::TextUnformatted(layer.name.c_str());
    ImGui::TextDisabled("%s", kind.c_str());
    if (row.parameters > 0) {
      ImGui::TextDisabled("%s  %s", text(Text::forecast_parameters),
                          count_text(double(row.parameters)).c_str());
    }
  }
  ImGui::TextDisabled("%s", shape_text(block.shape).c_str());
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
}

void draw_skips(ImDrawList& list, const Diagram& diagram, ImVec2 low) {
  const auto top_of = [&](size_t i) {
    const DiagramBlock& block = diagram.blocks[i];
    return ImVec2{low.x + block.x + block.width / 2, low.y + block.y};
  };
  for (const DiagramSkip& skip : diagram.skips) {
    const ImVec2 from = top_of(skip.from), to = top_of(skip.to);
    // A cubic reaches three quarters of the way to its two inner points.
    const float y = low.y + skip.y, reach = (std::min(from.y, to.y) - y) / 3;
    list.AddBezierCubic(from, {from.x, y - reach}, {to.x, y - reach}, to, colors().muted, px(1.5f));
  }
}

// Sizes below the blocks, as far as there is room.
void draw_sizes(ImDrawList& list, const Diagram& diagram, ImVec2 low, float bottom) {
  const WithFont font(Face::body, small_px);
  float free = -1e6f;
  for (const DiagramBlock& block : diagram.blocks) {
    const std::string lines[] = {std::to_string(block.shape.height),
                                 "× " + std::to_string(block.shape.channels)};
    const float middle = low.x + block.x + block.width / 2;
    const float wide =
        std::max(ImGui::CalcTextSize(lines[0].c_str()).x, ImGui::CalcTextSize(lines[1].c_str()).x);
    if (middle - wide / 2 < free) continue;
    free = middle + wide / 2 + px(10);
    float y = bottom;
    for (const std::string& line : lines) {
      list.AddText({middle - ImGui::CalcTextSize(line.c_str()).x / 2, y}, colors().muted,
                   line.c_str());
      y += ImGui::GetTextLineHeight();
    }
  }
}

void draw_blocks(const Model& model, Shape picture, float width, float height) {
  const Summary summary = summarize(model, picture.height, picture.width);
  const Diagram diagram = diagram_of(model, picture, width, height);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 low = ImGui::GetCursorScreenPos(), mouse = ImGui::GetIO().MousePos;
  draw_skips(list, diagram, low);
  const DiagramBlock* pointed = nullptr;
  for (const DiagramBlock& block : diagram.blocks) {
    const ImVec2 from = {low.x + block.x, low.y + block.y};
    const ImVec2 to = {from.x + block.width, from.y + block.height};
    const bool here = mouse.x >= from.x && mouse.x < to.x && mouse.y >= from.y && mouse.y < to.y;
    list.AddRectFilled(from, to, color_of(block), std::min(px(4), block.width / 3));
    if (here) list.AddRect(from, to, colors().text, std::min(px(4), block.width / 3), 0, px(2));
    if (here) pointed = &block;
  }
  draw_sizes(list, diagram, low, low.y + height + px(8));
  ImGui::Dummy({width, height + px(8) + 2 * ImGui::GetTextLineHeight()});
  if (pointed && ImGui::IsWindowHovered()) explain_block(model, summary, *pointed);
  const Shape narrowest = diagram.blocks[diagram.narrowest].shape;
  char line[160];
  std::snprintf(line, sizeof line, text(Text::narrowest), shape_text(narrowest).c_str(),
                100.0 * double(narrowest.count()) / double(picture.count()));
  paragraph(line, colors().muted);
}

// As many as there is room for; the last place tells how many there are more.
void draw_filters(const Raster& filters, float height) {
  const int side = filters.width, count = filters.height / side;
  const float cell = std::floor(px(filter_px) / float(side)), size = cell * float(side);
  const float step = size + px(8), width = ImGui::GetContentRegionAvail().x;
  const int columns = std::max(1, int((width + px(8)) / step));
  const int lines = std::max(1, int((height + px(8)) / step));
  const int shown = std::min(count, columns * lines - (count > columns * lines ? 1 : 0));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 low = ImGui::GetCursorScreenPos();
  const auto place = [&](int i) {
    return ImVec2{low.x + step * float(i % columns), low.y + step * float(i / columns)};
  };
  for (int i = 0; i < shown; ++i) {
    const ImVec2 at = place(i);
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        const auto value = [&](int channel) {
          return filters.at(i * side + y, x, filters.channels == 3 ? channel : 0);
        };
        const ImVec2 from = {at.x + cell * float(x), at.y + cell * float(y)};
        list.AddRectFilled(from, {from.x + cell, from.y + cell},
                           ImGui::ColorConvertFloat4ToU32({value(0), value(1), value(2), 1}));
      }
    }
  }
  if (shown < count) {
    const std::string more = "+" + std::to_string(count - shown);
    const ImVec2 at = place(shown), wide = ImGui::CalcTextSize(more.c_str());
    list.AddText({at.x + (size - wide.x) / 2, at.y + (size - wide.y) / 2}, colors().muted,
                 more.c_str());
  }
  ImGui::Dummy({width, step * float((shown + columns - 1) / columns)});
}

// Those that were learned, or those that learning would begin with.
SharedPyramid filters_of(const TrainingState& training, const TrainingOrder& order) {
  if (order == training.running && !training.preview.rows.empty()) return training.preview.filters;
  return training.plan && training.plan->order == order ? training.plan->filters : nullptr;
}

}  // namespace

void draw_layers(const UiState& state) {
  const TrainingState& training = state.training;
  const bool idle = training.status == TrainingState::Status::idle;
  const TrainingOrder& order = idle ? training.order : training.running;
  Model model;
  try {
    model = model_of(order);
  } catch (const Error& error) {
    return paragraph(error.what(), colors().bad);
  }
  const int multiple = size_multiple(model);
  const int side = std::max(multiple, order.size / multiple * multiple);
  const SharedPyramid filters = filters_of(training, order);
  ImGui::Dummy({0, px(6)});
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const bool has_filters = filters != nullptr;
  const float captions = px(76);
  const float height = std::min(px(largest_diagram_px), room.y * (has_filters ? 0.5f : 0.8f));
  note_control(Role::text, text(Text::layers), model.name);
  // Where there is no room for both, what changes is worth more.
  if (height > captions + px(50)) {
    draw_blocks(model, {side, side, model.channels}, room.x, height - captions);
    ImGui::Dummy({0, px(6)});
  }
  const float left = ImGui::GetContentRegionAvail().y - px(34);
  if (!has_filters || left < px(filter_px)) return;
  {
    const WithFont font(Face::strong, body_px);
    ImGui::TextUnformatted(text(Text::filters));
  }
  explain(text(Text::filters_explained));
  draw_filters(filters->picture(), left);
}

}  // namespace limpid
