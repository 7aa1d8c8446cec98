#include "core/ui/apply.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "core/ui/model_list.h"
#include "core/ui/proposal.h"
#include "core/ui/queue.h"
#include "core/ui/saving.h"
#include "core/ui/texts.h"
#include "core/ui/work/order.h"

namespace limpid {
namespace {

using Status = PictureEntry::Status;

void apply(UiState& state, EnginesFound& event) {
  state.engines = std::move(event.engines);
  // One that was chosen on another day may be gone.
  const bool there = std::any_of(
      state.engines.begin(), state.engines.end(),
      [&](const EnginesFound::Entry& engine) { return engine.name == state.choices.engine; });
  if (!there) state.choices.engine.clear();
  state.threads = event.threads;
  for (size_t i = 0; i < event.methods.size(); ++i) {
    state.models.push_back({.number = -int(i) - 1,
                            .name = std::move(event.methods[i]),
                            .about = text(Text::nothing_learned),
                            .ready = true});
  }
}

void apply(UiState& state, PicturesFound& event) {
  for (const PicturesFound::File& file : event.files) {
    PictureEntry entry;
    entry.number = state.next_number++;
    entry.path = file.path;
    entry.name = file.name;
    entry.comes_along = !event.show;
    state.pictures.push_back(std::move(entry));
  }
  if (event.show) {  // what someone opened meanwhile stays
    state.linked.picture.clear();
    state.linked.both = false;
  }
  const size_t found = event.files.size();
  if (found > 0 && (event.show || state.shown == 0)) {
    show_picture(state, state.pictures[state.pictures.size() - found].number);
  }
  for (const std::string& reason : event.skipped) notify(state, reason, News::bad);
}

void apply(UiState& state, PictureOpened& event) {
  PictureEntry* entry = find_picture(state, event.picture);
  if (event.picture == state.opening) state.opening = 0;
  if (!entry) return;
  if (entry->status == Status::opening) entry->status = Status::ready;
  entry->estimated_strength = event.noise_strength;
  if (event.picture != state.shown) return;
  entry->clean = event.image;
  const bool changed = std::exchange(state.white_noise, event.white_noise) != event.white_noise;
  const bool has_model = state.linked.both;
  if (state.linked.picture.empty()) state.linked.both = false;
  if (changed && state.choices.already_noisy && !has_model) suit_model(state);
}

// Of a picture that nothing is done to.
Status idle_status(const PictureEntry& entry) {
  if (entry.restored || entry.has_scores) return Status::restored;
  return entry.clean ? Status::ready : Status::listed;
}

void apply(UiState& state, NoiseAdded& event) {
  PictureEntry* entry = find_picture(state, event.picture);
  if (!entry || event.picture != state.shown) return;
  entry->noisy = event.image;
}

void apply(UiState& state, Restoring& event) {
  PictureEntry* entry = find_picture(state, event.picture);
  if (!entry) return;
  entry->tiles_done = event.done;
  entry->tiles = event.total;
  if (event.picture != state.shown || state.queue.running()) entry->status = Status::restoring;
}

void apply(UiState& state, EncodingPicture& event) {
  if (!state.encoding) state.encoding_since = state.now;
  state.encoding = event;
}

// As a model beside the chosen one restores the shown picture.
void compare(UiState& state, Restored& event) {
  for (Comparison& comparison : state.comparisons) {
    if (comparison.wanted.request != event.request) continue;
    comparison.waiting = false;
    if (event.cancelled) continue;
    comparison.restored = event.image;
    comparison.has_scores = event.has_quality;
    comparison.quality = event.restored;
  }
}

void apply(UiState& state, Restored& event) {
  if (event.request.beside) return compare(state, event);
  if (event.request == state.wanted.request) state.restoring = false;
  count_answer(state, event);
  PictureEntry* entry = find_picture(state, event.picture);
  if (!entry) return;
  entry->tiles = entry->tiles_done = 0;
  if (!event.cancelled) entry->message.clear();
  // What the screen shows has its own answer: a queue's may be to other choices.
  const bool is_shown = event.picture == state.shown;
  if (event.cancelled || (is_shown && event.request.queue != 0)) {
    entry->status = idle_status(*entry);
    return;
  }
  entry->status = Status::restored;
  entry->has_scores = event.has_quality;
  entry->noisy_quality = event.noisy;
  entry->restored_quality = event.restored;
  entry->ms = event.ms;
  if (event.image && is_shown) entry->restored = event.image;
  if (event.request == state.wanted.request) state.answered = state.wanted;
}

void apply(UiState& state, MapsDrawn& event) {
  LayerMaps& maps = event.request.picture == 0 ? state.training.maps : state.maps;
  if (event.request == maps.wanted.request) maps.drawn = std::move(event);
}

void apply(UiState& state, ModelLoaded& event) { model_loaded(state, event); }

// For one that is over: as many again.
void propose_epochs(RunEntry& run) {
  const int over = int(run.history.size());
  if (over >= run.order.settings.epochs) run.order.settings.epochs = 2 * over;
}

void apply(UiState& state, TrainingPlanned& event) {
  TrainingState& training = state.training;
  if (training.asked == event.order) training.asked.reset();
  training.plan_error.clear();
  training.plan = std::move(event);
  propose_draws(training);
}

// One that the user opened is shown, and its model loaded.
void apply(UiState& state, RunOpened& event) {
  RunEntry* run = find_run(state, event.run);
  if (!run) return;
  run->order = std::move(event.order);
  run->history = std::move(event.history);
  run->model_file = std::move(event.model_file);
  propose_epochs(*run);
  if (!run->asked) return;
  run->charted = true;
  state.chosen_run = run->number;
  state.page = Page::train;
  if (run->model_file.empty()) return;
  run->model = load_model(state, run->model_file, run->name);
}

void apply(UiState& state, ReadingPictures& event) {
  state.training.read = event.done;
  state.training.to_read = event.total;
}

void apply(UiState& state, TrainingBegun& event) {
  TrainingState& training = state.training;
  training.status = TrainingState::Status::running;
  training.unfinished.reset();  // it goes on, or this one takes its place
  training.pictures = event.pictures;
  training.test_pictures = event.test_pictures;
  training.noisy_rmse = event.noisy_rmse;
  training.history = std::move(event.history);
  if (ModelEntry* model = find_model(state, training.model)) model->network = model_of(event.order);
  for (const std::string& reason : event.skipped) notify(state, reason, News::bad);
}

void apply(UiState& state, TrainingProgressed& event) { state.training.progress = event.progress; }

void apply(UiState& state, EpochEnded& event) {
  state.training.history.push_back(event.record);
  if (ModelEntry* model = find_model(state, state.training.model)) {
    model->ready = true;
    ++model->version;
  }
}

void apply(UiState& state, PreviewDrawn& event) { state.training.preview = std::move(event); }

void apply(UiState& state, TrainingPaused& event) {
  TrainingState& training = state.training;
  if (training.idle()) return;
  training.status = event.paused ? TrainingState::Status::paused : TrainingState::Status::running;
}

void apply(UiState& state, TrainingEnded& event) {
  TrainingState& training = state.training;
  training.status = TrainingState::Status::idle;
  training.history = event.history;
  if (ModelEntry* model = find_model(state, event.model)) {
    model->ready = true;
    ++model->version;
    if (state.choices.model == 0) state.choices.model = model->number;
  }
  if (RunEntry* run = find_run(state, training.run)) {
    run->order = training.running;
    run->history = event.history;
    run->charted = true;
    run->model_bytes = std::move(event.model_file);
    propose_epochs(*run);
  }
  training.ended = std::move(event);
}

// Of a queue only the rows tell what failed: there may be hundreds.
void fail(UiState& state, const Failed& event) {
  const bool quiet = !state.queue.over() && event.number != state.shown;
  if (PictureEntry* entry = find_picture(state, event.number)) {
    // One that could not be opened gets no second complaint for its Restore.
    if (entry->status != Status::failed) {
      entry->status = Status::failed;
      entry->unreadable = event.what == Failed::What::picture;
      entry->message = event.message;
      if (!quiet) notify(state, event.message, News::bad);
    }
  }
  if (event.queue == 0 && event.number == state.shown) {
    state.restoring = false;
    // A page that has no memory for what one of them made says only of which picture.
    for (Comparison& comparison : state.comparisons) comparison.waiting = false;
  }
  if (event.what == Failed::What::picture && event.number == state.opening) state.opening = 0;
  count_failure(state, event);
}

// The place is full, or gone: all that follow would be restored for nothing. What the screen shows
// of the picture is as it was.
void fail_result(UiState& state, const Failed& event) {
  PictureEntry* entry = find_picture(state, event.number);
  if (entry) {
    const bool is_shown = event.number == state.shown;
    entry->tiles = entry->tiles_done = 0;
    entry->status = is_shown ? idle_status(*entry) : Status::failed;
    if (!is_shown) entry->message = event.message;
  }
  count_failure(state, event);
  if (!state.queue.running() || event.queue != state.queue.number) return;
  pause_queue(state);
  notify(state, event.message + text(Text::queue_waits), News::bad);
}

// What it learned until then can be gone on with; a model without weights and a run without an
// epoch go.
void fail_training(UiState& state, const std::string& message) {
  TrainingState& training = state.training;
  training.status = TrainingState::Status::idle;
  training.error = message;
  const ModelEntry* model = find_model(state, training.model);
  const bool learned = model && model->ready;
  if (RunEntry* run = find_run(state, training.run)) {
    if (run->history.size() < training.history.size()) run->history = training.history;
    if (!learned) run->model = 0;
  }
  std::erase_if(state.models, [&](const ModelEntry& entry) {
    return entry.number == training.model && !entry.ready;
  });
  std::erase_if(state.runs, [&](const RunEntry& run) {
    return run.number == training.run && run.history.empty();
  });
}

void apply(UiState& state, Failed& event) {
  using What = Failed::What;
  TrainingState& training = state.training;
  switch (event.what) {
    case What::picture:
    case What::restore: return fail(state, event);
    case What::result: return fail_result(state, event);
    case What::plan:
      training.asked.reset();
      training.plan.reset();
      training.plan_error = event.message;
      return;
    case What::training: return fail_training(state, event.message);
    case What::run:
      std::erase_if(state.runs, [&](const RunEntry& run) { return run.number == event.number; });
      break;
    case What::model: {
      for (Comparison& comparison : state.comparisons) {
        if (comparison.model == event.number) comparison.waiting = false;
      }
      model_failed(state, event.number);
      break;
    }
    case What::encode:
      state.encoding.reset();
      saving_over(state, event.number);
      break;
    case What::pictures:
    case What::maps: break;
  }
  notify(state, event.message, News::bad);
}

}  // namespace

void apply(UiState& state, Event event) {
  std::visit(
      [&](auto& happened) {
        using Happened = std::decay_t<decltype(happened)>;
        // Those two are files for the host.
        if constexpr (!std::is_same_v<Happened, PictureEncoded> &&
                      !std::is_same_v<Happened, CheckpointKept>) {
          apply(state, happened);
        }
      },
      event);
}

}  // namespace limpid
