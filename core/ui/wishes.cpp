#include "core/ui/wishes.h"

#include <algorithm>

#include "core/ui/diagram.h"

namespace limpid {
namespace {

// A restore that is nearly done is not given up for a newer one: else a slider that keeps moving
// would never show any.
constexpr double patience_s = 0.4;

constexpr size_t most_compared = 5;  // models beside the chosen one

// Unless it was asked for already, at the same weights.
void ask(UiState& state, LayerMaps& maps, const MapsWish& wish) {
  if (wish == maps.wanted) return;
  const DrawMaps &now = wish.request, &before = maps.wanted.request;
  if (now.layer != before.layer || now.model != before.model) maps.view.fitted = true;
  maps.wanted = wish;
  state.requests.push_back(wish.request);
}

bool is_restored(const UiState& state, const PictureEntry* entry) {
  return entry && entry->restored && !state.restoring && restored_as_wanted(state);
}

void ask_for_picture_maps(UiState& state) {
  const PictureEntry* entry = shown_picture(state);
  if (state.view.mode != ViewMode::layers || !is_restored(state, entry)) return;
  const ModelEntry* model = find_model(state, state.choices.model);
  if (!model || !model->network) return;
  const DrawMaps wish = {.picture = entry->number,
                         .model = model->number,
                         .layer = shown_layer(state, *model->network),
                         .already_noisy = state.choices.already_noisy,
                         .threads = state.choices.threads};
  ask(state, state.maps, {wish, state.wanted.request, model->version});
}

void ask_for_training_maps(UiState& state) {
  TrainingState& training = state.training;
  const ModelEntry* model = find_model(state, training.model);
  if (!training.shows_layers.value_or(false) || training.preview.rows.empty() || !model ||
      !model->ready || !model->network) {
    return;
  }
  const int layer = layer_named(*model->network, training.maps.layer);
  if (layer < 0) return;
  const DrawMaps wish = {.picture = 0,
                         .model = model->number,
                         .layer = layer,
                         .threads = training.running.settings.threads};
  ask(state, training.maps, {wish, {}, model->version});
}

}  // namespace

void ask_for_shown_picture(UiState& state) {
  using Status = PictureEntry::Status;
  PictureEntry* entry = shown_picture(state);
  if (!entry || entry->unreadable) return;
  if (!entry->clean) {
    entry->status = Status::opening;
    state.wanted = {};
    // Whoever pages through many waits for one that is passed, not for all of them.
    if (state.opening != 0) return;
    state.opening = entry->number;
    state.requests.push_back(OpenPicture{entry->number, entry->path});
    return;
  }
  const ModelEntry* model = find_model(state, state.choices.model);
  if (!model || !model->ready) return;
  RestoreWish wish = {restore_as_chosen(state.choices, entry->number), model->version};
  wish.request.first = true;
  if (wish == state.wanted) return;
  const bool other_picture = wish.request.picture != state.wanted.request.picture;
  if (state.restoring && !other_picture && state.now - state.restoring_since < patience_s) return;
  state.wanted = wish;
  state.restoring = true;
  state.restoring_since = state.now;
  state.requests.push_back(wish.request);
}

void ask_for_comparisons(UiState& state) {
  const PictureEntry* entry = shown_picture(state);
  if (state.view.mode != ViewMode::models || !is_restored(state, entry)) return;
  std::erase_if(state.comparisons, [&](const Comparison& comparison) {
    const ModelEntry* model = find_model(state, comparison.model);
    return !model || !model->compared || comparison.model == state.choices.model;
  });
  for (const ModelEntry& model : state.models) {
    if (!model.ready || !model.compared || model.number == state.choices.model) continue;
    const auto found =
        std::find_if(state.comparisons.begin(), state.comparisons.end(),
                     [&](const Comparison& one) { return one.model == model.number; });
    if (found == state.comparisons.end() && state.comparisons.size() >= most_compared) continue;
    Comparison& comparison =
        found == state.comparisons.end() ? state.comparisons.emplace_back() : *found;
    comparison.model = model.number;
    RestoreWish wish = {state.wanted.request, model.version};
    wish.request.model = model.number;
    wish.request.beside = true;
    wish.request.first = false;
    if (wish == comparison.wanted) continue;
    if (!comparing(state)) state.comparing_since = state.now;
    comparison.wanted = wish;
    comparison.waiting = true;
    comparison.has_scores = false;  // those of what was wanted before
    state.requests.push_back(wish.request);
  }
}

int layer_named(const Model& network, const std::string& name) {
  for (int i = 0; i < int(network.layers.size()); ++i) {
    if (network.layers[size_t(i)].name == name) return i;
  }
  return -1;
}

int shown_layer(const UiState& state, const Model& network) {
  const int chosen = layer_named(network, state.maps.layer);
  if (chosen >= 0) return chosen;
  const int side = size_multiple(network);
  const Diagram diagram = diagram_of(network, {side, side, network.channels}, 1, 1);
  return std::max(0, diagram.blocks[diagram.narrowest].layer);
}

void ask_for_maps(UiState& state) {
  if (state.page == Page::train)
    ask_for_training_maps(state);
  else
    ask_for_picture_maps(state);
}

void ask_for_forecast(UiState& state) {
  TrainingState& training = state.training;
  const bool wanted = state.page == Page::train || training.begins_once_planned;
  if (!wanted || !training.idle() || training.order.paths.empty() || training.asked) return;
  if (training.planned() || training.refused_plan()) return;
  training.asked = training.refused = training.order;
  state.requests.push_back(PlanTraining{training.order});
}

}  // namespace limpid
