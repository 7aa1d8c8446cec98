#include <cstdio>

#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"

namespace limpid {

void draw_models(UiState& state, Platform& platform) {
  begin_card("models", text(Text::model));
  std::vector<const char*> names;
  std::vector<int> numbers;
  int chosen = 0;
  for (const ModelEntry& model : state.models) {
    if (!model.ready) continue;
    if (model.number == state.choices.model) chosen = int(names.size());
    names.push_back(model.name.c_str());
    numbers.push_back(model.number);
  }
  if (names.empty()) {
    paragraph(text(Text::no_model_hint), colors().muted);
  } else {
    ImGui::SetNextItemWidth(-FLT_MIN);
    if (choice("model", nullptr, names, chosen)) state.choices.model = numbers[size_t(chosen)];
    const ModelEntry* model = find_model(state, state.choices.model);
    if (model && !model->about.empty()) {
      const WithFont font(Face::body, small_px);
      paragraph(model->about.c_str(), colors().muted);
    }
  }
  if (button(text(Text::load_model), Look::plain, ImGui::GetContentRegionAvail().x)) {
    platform.pick(Pick::model);
  }
  if (!state.engines.empty()) {
    const EnginesFound::Entry& engine = state.engines[size_t(state.choices.engine)];
    if (state.engines.size() > 1) {
      std::vector<const char*> engines;
      for (const EnginesFound::Entry& entry : state.engines) engines.push_back(entry.name.c_str());
      ImGui::SetNextItemWidth(-FLT_MIN);
      choice("engine", text(Text::engine), engines, state.choices.engine);
    }
    const WithFont font(Face::body, small_px);
    paragraph(engine.description.c_str(), colors().muted);
  }
  end_card();
}

}  // namespace limpid
