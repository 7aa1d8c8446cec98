#include "core/ui/model_list.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/model/json.h"
#include "core/ui/format.h"

namespace limpid {
namespace {

constexpr std::pair<const char*, const char*> alike[] = {{first_model, camera_model},
                                                         {best_model, best_camera_model}};

constexpr const char* saved_model = "model";

std::string name_of(const std::string& file) { return std::filesystem::path(file).stem().string(); }

}  // namespace

int load_model(UiState& state, const std::string& file, const std::string& name) {
  ModelEntry model;
  model.number = state.next_number++;
  model.name = name.empty() ? name_of(file) : name;
  model.keeps_name = !name.empty();
  state.awaited_model = 0;
  state.requests.push_back(LoadModel{model.number, file});
  state.models.push_back(std::move(model));
  return state.models.back().number;
}

int offer_model(UiState& state, const std::string& file) {
  const int number = load_model(state, file);
  state.models.back().comes_along = true;
  return number;
}

void offer_model_later(UiState& state, const std::string& file, size_t bytes) {
  ModelEntry model;
  model.number = state.next_number++;
  model.name = name_of(file);
  model.comes_along = true;
  model.file = file;
  model.bytes = bytes;
  state.models.push_back(std::move(model));
  if (state.choices.already_noisy) suit_model(state);
}

void choose_model(UiState& state, int number) {
  ModelEntry* model = find_model(state, number);
  const bool later = model && !model->ready && !model->file.empty();
  state.awaited_model = later ? number : 0;
  if (!later)
    state.choices.model = number;
  else if (!std::exchange(model->loading, true))
    state.requests.push_back(LoadModel{number, model->file});
}

void suit_model(UiState& state) {
  const bool for_cameras = state.choices.already_noisy && !state.white_noise;
  const ModelEntry* chosen = find_model(state, chosen_model(state));
  if (!chosen || !chosen->comes_along) return;
  for (const auto& [gaussian, camera] : alike) {
    if (chosen->name != (for_cameras ? gaussian : camera)) continue;
    const char* const wanted = for_cameras ? camera : gaussian;
    const auto found = std::ranges::find_if(state.models, [&](const ModelEntry& model) {
      return model.comes_along && model.name == wanted && (model.ready || !model.file.empty());
    });
    if (found != state.models.end()) choose_model(state, found->number);
    return;
  }
}

int chosen_model(const UiState& state) {
  return state.awaited_model != 0 ? state.awaited_model : state.choices.model;
}

void model_loaded(UiState& state, const ModelLoaded& event) {
  ModelEntry* entry = find_model(state, event.model);
  if (!entry) return;
  // Networks of one make are told apart by their files, but for the name that all are saved by.
  const bool own_name = entry->keeps_name || (!entry->comes_along && entry->name != saved_model);
  if (!own_name) entry->name = event.name;
  entry->about = parameters_text(event.parameters);
  if (!event.training.empty()) entry->about += ", " + event.training;
  if (!event.json.empty()) entry->network = model_from_json(event.json, event.name);
  entry->ready = true;
  ++entry->version;
  // While it was on its way, another may have been chosen.
  const bool was_chosen = std::exchange(entry->loading, false);
  if (was_chosen && state.awaited_model != event.model) return;
  const bool any_chosen = was_chosen || state.choices.model != 0 || state.awaited_model != 0;
  if (entry->comes_along && !was_chosen && state.choices.model != 0) return;
  if (was_chosen) state.awaited_model = 0;
  state.choices.model = event.model;
  if (state.choices.already_noisy && !any_chosen) suit_model(state);
}

void model_failed(UiState& state, int number) {
  ModelEntry* entry = find_model(state, number);
  if (!entry || entry->ready) return;
  if (entry->file.empty()) {
    for (RunEntry& run : state.runs) {
      if (run.model == number) run.model = 0;
    }
    std::erase_if(state.models, [&](const ModelEntry& model) { return model.number == number; });
    return;
  }
  entry->loading = false;
  if (state.awaited_model == number) state.awaited_model = 0;
}

}  // namespace limpid
