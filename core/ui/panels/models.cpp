#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>

#include "core/ui/format.h"
#include "core/ui/model_list.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

// What one that comes along is for.
const char* purpose(const ModelEntry& model) {
  if (model.number < 0) return text(Text::method);
  if (!model.comes_along) return "";
  if (model.name == first_model) return text(Text::first_model_is);
  if (model.name == best_model) return text(Text::best_model_is);
  if (model.name == camera_model) return text(Text::camera_model_is);
  if (model.name == best_camera_model) return text(Text::best_camera_model_is);
  return text(Text::middle_model_is);
}

// Its purpose, and what choosing it brings here first.
std::string note_of(const ModelEntry& model) {
  std::string note = purpose(model);
  if (model.ready || model.file.empty()) return note;
  char loads[48];
  std::snprintf(loads, sizeof loads, text(Text::loads), bytes_text(double(model.bytes)).c_str());
  return note + "; " + loads;
}

void draw_loading(const UiState& state) {
  for (const ModelEntry& model : state.models) {
    if (!model.loading) continue;
    char line[160];
    std::snprintf(line, sizeof line, text(Text::loading_model), model.name.c_str());
    paragraph(line, colors().muted);
  }
}

// Networks first, then what has learned nothing.
void draw_choice(UiState& state) {
  std::vector<const char*> names;
  std::vector<std::string> notes;
  std::vector<int> numbers;
  const auto add = [&](bool classical) {
    for (const ModelEntry& model : state.models) {
      const bool there = model.ready || !model.file.empty();
      if (!there || (model.number < 0) != classical) continue;
      names.push_back(model.name.c_str());
      notes.push_back(note_of(model));
      numbers.push_back(model.number);
    }
  };
  add(false);
  if (names.empty()) paragraph(text(Text::no_model_hint), colors().muted);
  add(true);
  if (names.empty()) return;
  int chosen =
      int(std::find(numbers.begin(), numbers.end(), chosen_model(state)) - numbers.begin());
  ImGui::SetNextItemWidth(-FLT_MIN);
  if (choice("model", nullptr, names, chosen, notes)) choose_model(state, numbers[size_t(chosen)]);
  const WithFont font(Face::body, small_px);
  const ModelEntry* model = find_model(state, chosen_model(state));
  if (model && !model->about.empty()) paragraph(model->about.c_str(), colors().muted);
  draw_loading(state);
}

void draw_views(UiState& state) {
  const std::vector<const char*> names = {text(Text::one_view), text(Text::two_views),
                                          text(Text::four_views)};
  int chosen = state.choices.views / 2;
  ImGui::PushItemWidth(-FLT_MIN);
  if (choice("views", text(Text::views), names, chosen)) state.choices.views = 1 << chosen;
  ImGui::PopItemWidth();
}

void draw_amount(UiState& state) {
  unit_slider("amount", text(Text::amount), state.choices.amount, {});
  explain(text(Text::amount_explained));
}

// Of what the machine can address: the largest as a quarter.
void draw_memory(UiState& state) {
  std::vector<size_t> choices;
  for (const size_t megabytes : {128, 512, 2048, 8192}) {
    const uint64_t bytes = uint64_t(megabytes) << 20;
    if (bytes <= SIZE_MAX / 4) choices.push_back(size_t(bytes));
  }
  value_choice("memory", text(Text::memory), choices, state.choices.memory_bytes, memory_text);
}

void draw_engine(UiState& state) {
  std::vector<std::string> descriptions;
  int chosen = 0;
  for (const EnginesFound::Entry& entry : state.engines) {
    if (entry.name == state.choices.engine) chosen = int(descriptions.size());
    descriptions.push_back(entry.description);
  }
  const std::vector<std::string> titles = device_titles(descriptions);
  std::vector<const char*> names;
  for (const std::string& title : titles) names.push_back(title.c_str());
  const bool several = names.size() > 1, threaded = state.threads > 1;
  const float share = share_of_row(1 + int(threaded));
  if (several && choice("engine", text(Text::engine), names, chosen)) {
    state.choices.engine = state.engines[size_t(chosen)].name;
  }
  ImGui::PushItemWidth(share);
  int threads = state.choices.threads > 0 ? state.choices.threads : state.threads;
  if (threaded && number("threads", text(Text::threads), threads, 1, state.threads)) {
    state.choices.threads = threads == state.threads ? 0 : threads;
  }
  if (threaded) ImGui::SameLine();
  draw_memory(state);
  ImGui::PopItemWidth();
  const WithFont font(Face::body, small_px);
  paragraph(descriptions[size_t(chosen)].c_str(), colors().muted);
}

}  // namespace

void draw_models(UiState& state, Platform& platform) {
  begin_card("models", text(Text::model));
  draw_choice(state);
  if (chosen_model(state) > 0) draw_views(state);
  if (chosen_model(state) != 0) draw_amount(state);
  draw_compared_models(state);
  if (button(text(Text::load_model), Look::plain, ImGui::GetContentRegionAvail().x)) {
    platform.pick(Pick::model);
  }
  if (!state.engines.empty()) {
    draw_engine(state);
  }
  end_card();
}

}  // namespace limpid
