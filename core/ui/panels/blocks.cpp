// A network as a row of blocks, see diagram.h.
#include <algorithm>

#include "core/model/json.h"
#include "core/model/summary.h"
#include "core/ui/controls.h"
#include "core/ui/diagram.h"
#include "core/ui/format.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

constexpr float least_blocks_px = 44;  // lower ones have no sizes below them
constexpr float mark_px = 10;          // of the chosen one, below it

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

bool draw_block(ImDrawList& list, const Model& model, const DiagramBlock& block, ImVec2 low,
                std::optional<int> chosen) {
  const ImVec2 from = {low.x + block.x, low.y + block.y};
  const ImVec2 to = {from.x + block.width, from.y + block.height};
  const bool is_layer = block.layer >= 0;
  bool pressed = false;
  ImGui::PushID(block.layer);
  ImGui::SetCursorScreenPos(from);
  if (chosen && is_layer) {
    pressed =
        ImGui::InvisibleButton("block", {block.width, block.height}, ImGuiButtonFlags_EnableNav);
    note_control(Role::option, model.layers[size_t(block.layer)].name, shape_text(block.shape),
                 block.layer == *chosen);
  } else {
    ImGui::Dummy({block.width, block.height});
  }
  ImGui::PopID();
  const float round = std::min(px(4), block.width / 3);
  list.AddRectFilled(from, to, color_of(block), round);
  const bool here = ImGui::IsItemHovered(), on = chosen && is_layer && block.layer == *chosen;
  if (here || on) list.AddRect(from, to, colors().text, round, 0, px(2));
  if (on) {
    const float middle = (from.x + to.x) / 2, tip = to.y + px(3);
    list.AddTriangleFilled({middle, tip}, {middle + px(5), tip + px(6)},
                           {middle - px(5), tip + px(6)}, colors().text);
  }
  return pressed;
}

}  // namespace

std::string shape_text(Shape shape) {
  return std::to_string(shape.height) + " × " + std::to_string(shape.width) + " × " +
         std::to_string(shape.channels);
}

std::optional<int> draw_blocks(const Model& model, Shape picture, ImVec2 size,
                               std::optional<int> chosen) {
  const Summary summary = summarize(model, picture.height, picture.width);
  const float sizes = px(8) + 2 * ImGui::GetTextLineHeight();
  const bool has_sizes = size.y - sizes >= px(least_blocks_px);
  const float high = std::max(size.y - (has_sizes ? sizes : px(mark_px)), px(mark_px));
  const Diagram diagram = diagram_of(model, picture, size.x, high);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 low = ImGui::GetCursorScreenPos();
  draw_skips(list, diagram, low);
  std::optional<int> pressed;
  const DiagramBlock* pointed = nullptr;
  for (const DiagramBlock& block : diagram.blocks) {
    if (draw_block(list, model, block, low, chosen)) pressed = block.layer;
    if (ImGui::IsItemHovered()) pointed = &block;
  }
  if (has_sizes) draw_sizes(list, diagram, low, low.y + high + px(8));
  ImGui::SetCursorScreenPos(low);
  ImGui::Dummy(size);
  if (pointed) explain_block(model, summary, *pointed);
  return pressed;
}

}  // namespace limpid
