#include "core/ui/training.h"

#include <filesystem>
#include <utility>

#include "core/error.h"
#include "core/train/history.h"
#include "core/ui/model_list.h"
#include "core/ui/proposal.h"
#include "core/ui/work/order.h"

namespace limpid {
namespace {

// What every beginning has in common: `run` is the training's entry in the state.
void begin(UiState& state, RunEntry& run, StartTraining request) {
  TrainingState& training = state.training;
  ModelEntry* model = find_model(state, run.model);
  if (!model) {
    model = &state.models.emplace_back();
    model->number = run.model = state.next_number++;
    model->name = run.name;
    model->keeps_name = true;
  }
  request.model = run.model;
  training.model = run.model;
  training.run = state.chosen_run = run.number;
  training.running = request.order;
  training.order_then = training.order;
  training.begins_once_planned = false;
  training.status = TrainingState::Status::reading;
  training.error.clear();
  training.ended.reset();
  training.history.clear();
  training.preview = {};
  training.maps.wanted = {};
  training.maps.drawn.reset();
  training.progress = {};
  training.read = training.to_read = 0;
  state.requests.push_back(std::move(request));
}

}  // namespace

void start_training(UiState& state, Platform& platform, const std::string& checkpoint) {
  const TrainingOrder& order = state.training.order;
  std::string network;
  try {
    network = model_of(order).name;
  } catch (const Error& error) {
    state.training.error = error.what();
    return;
  }
  RunEntry& run = state.runs.emplace_back();
  run.number = state.next_number++;
  run.order = order;
  if (checkpoint.empty()) run.folder = platform.new_run_folder(network);
  run.name = run.folder.empty() ? network + " " + std::to_string(state.runs.size())
                                : std::filesystem::path(run.folder).filename().string();
  begin(state, run, {.order = order, .checkpoint = checkpoint, .run = run.folder});
}

void start_once_planned(UiState& state, Platform& platform) {
  TrainingState& training = state.training;
  if (!training.begins_once_planned || !knows_draws(training)) return;
  training.begins_once_planned = false;
  if (!training.order.paths.empty()) start_training(state, platform);
}

void go_on_with_run(UiState& state, RunEntry& run) {
  begin(state, run, {.order = run.order, .run = run.folder, .resume = true});
}

void go_on_with_unfinished(UiState& state, Platform& platform) {
  state.training.order = state.training.unfinished->order;
  start_training(state, platform, state.training.unfinished->checkpoint);
  TrainingOrder& order = state.training.order;  // the host keeps the files for this one alone
  order.paths.clear();
  order.noisy.clear();
  order.tests.clear();
}

void give_up_unfinished(UiState& state, Platform& platform) {
  state.training.unfinished.reset();
  platform.forget_training();
}

void use_model_of(UiState& state, RunEntry& run) {
  if (run.model == 0) {
    run.model = load_model(state, run.model_file, run.name);
  } else {
    choose_model(state, run.model);
  }
  state.page = Page::denoise;
}

void save_model_of(const UiState& state, Platform& platform, const RunEntry& run) {
  platform.save("model.safetensors", run.model_bytes);
  if (run.number == state.training.run) platform.forget_training();
}

void save_curves_of(Platform& platform, const RunEntry& run) {
  const std::string csv = history_csv(run.history);
  platform.save("history.csv", {csv.begin(), csv.end()});
}

RunEntry* ended_run(UiState& state) {
  const TrainingState& training = state.training;
  return training.idle() && training.ended ? find_run(state, training.run) : nullptr;
}

}  // namespace limpid
