#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/error.h"
#include "core/model/json.h"
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

void tell_narrowest(const Model& model, Shape picture) {
  const Diagram diagram = diagram_of(model, picture, 1, 1);
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
    const Shape picture = {side, side, model.channels};
    draw_blocks(model, picture, {room.x, height - captions});
    tell_narrowest(model, picture);
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
