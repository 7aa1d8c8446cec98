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
#include "core/ui/wishes.h"
#include "core/ui/work/order.h"

namespace limpid {
namespace {

constexpr float filter_px = 34, largest_diagram_px = 340;
constexpr float least_words_px = 240;  // the width in which words stand below the network

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

// What is drawn: the network that learns or has learned, or the one that is to, with its filters.
struct Shown {
  Model model;
  int size = 0;  // of its pictures
  bool learned = false;
  SharedPyramid filters;
};

// One that has learned stays until another network is chosen, also where it was a run of another
// one that went on.
Shown shown_of(const TrainingState& training) {
  const bool learned = !training.preview.rows.empty();
  const TrainingOrder& order = training.order;
  const bool stays = learned && model_of(training.order_then) == model_of(order);
  const bool own = !training.idle() || stays;
  Shown next{model_of(own ? training.running : order), side_of(order), false, nullptr};
  if (own) {
    next.size = side_of(training.running);
    next.learned = learned;
    next.filters = training.preview.filters;
  } else if (training.planned()) {
    next.filters = training.plan->filters;
  }
  return next;
}

// The network, whose layers can be pressed once it has learned; the chosen one again: none is.
void draw_network(LayerMaps& maps, const Shown& shown, int chosen, ImVec2 size) {
  const int multiple = size_multiple(shown.model);
  const int side = std::max(multiple, shown.size / multiple * multiple);
  const Shape picture = {side, side, shown.model.channels};
  const bool has_words = size.x > px(least_words_px);
  const float words = px(has_words ? 40 : 6), between = 2 * ImGui::GetStyle().ItemSpacing.y;
  const std::optional<int> pressed =
      draw_blocks(shown.model, picture, {size.x, size.y - words - between},
                  shown.learned ? std::optional<int>(chosen) : std::nullopt);
  if (pressed) {
    maps.layer = *pressed == chosen ? "" : shown.model.layers[size_t(*pressed)].name;
  }
  if (!has_words) return;
  ImGui::BeginChild("narrowest", {size.x, words}, ImGuiChildFlags_None,
                    ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  tell_narrowest(shown.model, picture);
  ImGui::EndChild();
}

void draw_filters_of(const Shown& shown, float height) {
  {
    const WithFont font(Face::strong, body_px);
    ImGui::TextUnformatted(text(Text::filters));
  }
  explain(text(Text::filters_explained));
  draw_filters(shown.filters->picture(), height - px(34));
}

// What there is beside the network: its maps where a layer is chosen, or its filters.
void draw_inside(LayerMaps& maps, ViewerCard& card, const Shown& shown, int chosen, ImVec2 size) {
  const ImVec2 low = ImGui::GetCursorScreenPos();
  if (chosen < 0) return draw_filters_of(shown, size.y);
  draw_maps_of(maps, card, {{low.x, low.y + px(map_caption_px)}, {low.x + size.x, low.y + size.y}});
}

}  // namespace

void draw_layers(UiState& state, ViewerCard& card) {
  LayerMaps& maps = state.training.maps;
  Shown shown;
  try {
    shown = shown_of(state.training);
  } catch (const Error& error) {
    return paragraph(error.what(), colors().bad);
  }
  const int chosen = shown.learned && maps.drawn ? layer_named(shown.model, maps.layer) : -1;
  note_control(Role::text, text(Text::layers), shown.model.name);
  ImGui::Dummy({0, px(6)});
  const ImVec2 low = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
  if (!shown.filters && chosen < 0) {
    const float height = std::min(px(largest_diagram_px), room.y * 0.8f);
    return draw_network(maps, shown, chosen, {room.x, height});
  }
  const float gap = px(14);
  if (room.y > px(largest_diagram_px)) {  // one above the other
    const float height = std::min(px(largest_diagram_px), room.y * 0.5f);
    draw_network(maps, shown, chosen, {room.x, height});
    ImGui::Dummy({0, px(6)});
    return draw_inside(maps, card, shown, chosen, ImGui::GetContentRegionAvail());
  }
  const float wide = room.x * 0.45f;
  draw_network(maps, shown, chosen, {wide, room.y});
  ImGui::SetCursorScreenPos({low.x + wide + gap, low.y});
  ImGui::BeginGroup();
  draw_inside(maps, card, shown, chosen, {room.x - wide - gap, room.y});
  ImGui::EndGroup();
}

}  // namespace limpid
