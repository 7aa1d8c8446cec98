// What the chosen network makes of the shown picture on its way: its layers, and the feature maps
// that leave the one that is chosen.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/ui/controls.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"
#include "core/ui/wishes.h"

namespace limpid {
namespace {

constexpr float largest_strip_px = 176, least_strip_px = 104, pad_px = 14;

void draw_sentence(const Area& area, const char* sentence) {
  const float most = std::min(area.width() - px(40), px(460));
  const ImVec2 size = ImGui::CalcTextSize(sentence, nullptr, false, most);
  const float x = (area.low.x + area.high.x - size.x) / 2, y = (area.low.y + area.high.y) / 2;
  ImGui::GetWindowDrawList()->AddText(ImGui::GetFont(), ImGui::GetFontSize(), {x, y},
                                      colors().muted, sentence, nullptr, most);
  note_control(Control{.role = Role::text, .name = sentence});
}

// "dec1: 128 maps of 64 × 64"; under the pointer its number.
std::string caption_of(const MapsDrawn& drawn, Point at) {
  char line[160];
  const int x = int(std::floor(at.x)), y = int(std::floor(at.y));
  const int column = x / (drawn.width + drawn.gap), row = y / (drawn.height + drawn.gap);
  const int map = row * drawn.columns + column;
  const bool inside = x >= 0 && y >= 0 && column < drawn.columns && map < drawn.count;
  if (inside && ImGui::IsItemHovered()) {
    std::snprintf(line, sizeof line, text(Text::map_number), drawn.layer.c_str(), map + 1,
                  drawn.count);
  } else {
    std::snprintf(line, sizeof line, text(Text::map_count), drawn.layer.c_str(), drawn.count,
                  drawn.height, drawn.width);
  }
  return line;
}

}  // namespace

void draw_maps_of(LayerMaps& maps, ViewerCard& card, const Area& area) {
  card.maps.set(maps.drawn ? maps.drawn->picture : nullptr);
  if (!maps.drawn) return draw_sentence(area, text(Text::maps_working));
  const MapsDrawn& drawn = *maps.drawn;
  const int width = drawn.picture->width(), height = drawn.picture->height();
  ImGui::SetCursorScreenPos({area.low.x, area.low.y});
  ImGui::InvisibleButton("maps", {area.width(), area.height()}, ImGuiButtonFlags_EnableNav);
  ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelY);
  pan_and_zoom(maps.view, area, width, height);
  const View view = settled(maps.view, area, width, height);
  if (maps.view.fitted) maps.view.zoom = view.zoom;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  card.program.add(list, {&card.maps, &card.maps, area, view, 0, 0});
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const std::string line = caption_of(drawn, to_picture(view, area, {mouse.x, mouse.y}));
  note_control(Role::picture, text(Text::feature_maps), line);
  const WithFont font(Face::strong, small_px);
  ImGui::SetCursorScreenPos({area.low.x + px(pad_px), area.low.y - px(map_caption_px)});
  ImGui::TextUnformatted(fitted(line, area.width() - px(pad_px)).c_str());
  explain(text(Text::maps_explained));
}

void draw_maps(UiState& state, ViewerCard& card, const Area& area) {
  const ModelEntry* model = find_model(state, state.choices.model);
  if (!model || !model->network) return draw_sentence(area, text(Text::no_layers));
  const Model& network = *model->network;
  const int layer = shown_layer(state, network);
  const int multiple = size_multiple(network);
  const int side = std::max(multiple, 256 / multiple * multiple);
  // On a low screen the network takes more than its share, so that it can be pressed.
  const float least = std::min(px(least_strip_px), area.height() * 0.6f);
  const float strip = std::clamp(area.height() * 0.4f, least, px(largest_strip_px));
  const float pad = px(pad_px);
  ImGui::SetCursorScreenPos({area.low.x + pad, area.low.y + pad});
  const std::optional<int> pressed =
      draw_blocks(network, {side, side, network.channels},
                  {area.width() - 2 * pad, strip - pad - px(map_caption_px)}, layer);
  if (pressed) state.maps.layer = network.layers[size_t(*pressed)].name;
  draw_maps_of(state.maps, card, {{area.low.x, area.low.y + strip}, area.high});
}

}  // namespace limpid
