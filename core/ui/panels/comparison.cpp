// The shown picture as several models restore it, side by side.
#include <algorithm>
#include <cmath>

#include "core/ui/controls.h"
#include "core/ui/format.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

// One part of the area: a picture with its model's name.
struct Part {
  PictureTexture* texture;
  std::string label;
};

// So many columns that the pictures become largest.
int best_columns(int n, const Area& area, const Pyramid& picture) {
  int best = 1;
  float largest = 0;
  for (int columns = 1; columns <= n; ++columns) {
    const int lines = (n + columns - 1) / columns;
    const float zoom = std::min(area.width() / float(columns) / float(picture.width()),
                                area.height() / float(lines) / float(picture.height()));
    if (zoom > largest) largest = zoom, best = columns;
  }
  return best;
}

std::string label_of(const UiState& state, int number, bool has_scores, const Quality& quality) {
  const ModelEntry* model = find_model(state, number);
  const std::string name = model ? model->name : text(Text::working);
  return has_scores ? name + "  RMSE " + fixed_text(quality.rmse, 4) : name;
}

std::vector<Part> parts_of(const UiState& state, ViewerCard& card, const PictureEntry& entry) {
  card.compared.resize(state.comparisons.size());
  std::vector<Part> parts;
  if (entry.restored) {
    parts.push_back({&card.restored, label_of(state, state.choices.model, entry.has_scores,
                                              entry.restored_quality)});
  }
  for (size_t i = 0; i < state.comparisons.size(); ++i) {
    const Comparison& comparison = state.comparisons[i];
    std::unique_ptr<PictureTexture>& texture = card.compared[i];
    if (!texture) texture = std::make_unique<PictureTexture>(card.tiles);
    texture->set(comparison.restored);
    if (!comparison.restored) continue;
    parts.push_back({texture.get(),
                     label_of(state, comparison.model, comparison.has_scores, comparison.quality)});
  }
  if (parts.empty()) parts.push_back({&card.clean, text(Text::working)});
  return parts;
}

}  // namespace

void draw_comparison(const UiState& state, ViewerCard& card, const PictureEntry& entry,
                     const Area& area) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const std::vector<Part> parts = parts_of(state, card, entry);
  const int columns = best_columns(int(parts.size()), area, *entry.clean);
  const int lines = (int(parts.size()) + columns - 1) / columns;
  const float gap = px(4);
  const float wide = (area.width() - gap * float(columns - 1)) / float(columns);
  const float high = (area.height() - gap * float(lines - 1)) / float(lines);
  for (int i = 0; i < int(parts.size()); ++i) {
    const float x = area.low.x + float(i % columns) * (wide + gap);
    const float y = area.low.y + std::floor(float(i / columns)) * (high + gap);
    const Area part = {{x, y}, {x + wide, y + high}};
    const View view = settled(state.view, part, entry.clean->width(), entry.clean->height());
    PictureTexture* seen = parts[size_t(i)].texture;
    card.program.add(list, {seen, seen, part, view, 0, 0});
    draw_label(list, {x + px(10), y + px(10)},
               fitted(parts[size_t(i)].label, wide - px(40)).c_str());
  }
}

void draw_compared_models(UiState& state) {
  if (state.view.mode != ViewMode::models) return;
  caption(text(Text::compared_with));
  for (ModelEntry& model : state.models) {
    if (!model.ready || model.number == state.choices.model) continue;
    ImGui::PushID(model.number);
    ImGui::Checkbox(fitted(model.name, ImGui::GetContentRegionAvail().x - px(40)).c_str(),
                    &model.compared);
    note_control(Role::option, model.name, text(Text::compared_with), model.compared);
    ImGui::PopID();
  }
}

}  // namespace limpid
