#include "core/ui/state.h"

#include <algorithm>
#include <utility>

#include "core/ui/queue.h"

namespace limpid {
namespace {

constexpr double notice_s = 6, bad_notice_s = 12;
constexpr size_t most_notices = 4;
constexpr size_t most_recent = 12;

template <class Entries>
auto* find(Entries& entries, int number) {
  const auto found =
      std::ranges::find_if(entries, [&](const auto& entry) { return entry.number == number; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

PictureEntry* find_picture(UiState& state, int number) { return find(state.pictures, number); }
const PictureEntry* find_picture(const UiState& state, int number) {
  return find(state.pictures, number);
}
ModelEntry* find_model(UiState& state, int number) { return find(state.models, number); }
const ModelEntry* find_model(const UiState& state, int number) {
  return find(state.models, number);
}
RunEntry* find_run(UiState& state, int number) { return find(state.runs, number); }
const RunEntry* find_run(const UiState& state, int number) { return find(state.runs, number); }
PictureEntry* shown_picture(UiState& state) { return find_picture(state, state.shown); }
const PictureEntry* shown_picture(const UiState& state) { return find_picture(state, state.shown); }

bool restored_as_wanted(const UiState& state) { return state.answered == state.wanted; }

bool comparing(const UiState& state) {
  return std::ranges::any_of(state.comparisons, &Comparison::waiting);
}

void cancel_work(UiState& state) {
  if (state.restoring || comparing(state))
    state.requests.push_back(CancelRestore{state.shown});
  else if (state.encoding)
    state.requests.push_back(CancelRestore{state.encoding->picture});
}

void notify(UiState& state, std::string text, News news) {
  std::erase_if(state.notices, [&](const Notice& notice) { return notice.text == text; });
  const double until = state.now + (news == News::bad ? bad_notice_s : notice_s);
  state.notices.push_back({std::move(text), news, until});
  if (state.notices.size() > most_notices) state.notices.pop_front();
}

const std::vector<EpochRecord>& shown_history(const UiState& state) {
  const RunEntry* run = state.training.idle() ? find_run(state, state.chosen_run) : nullptr;
  return run ? run->history : state.training.history;
}

void remember(UiState& state, const std::string& path) {
  std::erase(state.recent, path);
  state.recent.insert(state.recent.begin(), path);
  if (state.recent.size() > most_recent) state.recent.pop_back();
}

Restore restore_as_chosen(const Choices& choices, int picture) {
  Restore restore;
  restore.picture = picture;
  restore.model = choices.model;
  restore.already_noisy = choices.already_noisy;
  if (!restore.already_noisy) restore.noise = choices.noise;
  restore.engine = choices.engine;
  restore.threads = choices.threads;
  restore.memory_bytes = choices.memory_bytes;
  restore.views = choices.views;
  restore.amount = choices.amount;
  return restore;
}

void show_picture(UiState& state, int number) {
  state.reveal = true;
  // Memory may have been what it lacked.
  if (PictureEntry* entry = find_picture(state, number); entry && entry->unreadable) {
    entry->unreadable = false;
    entry->status = PictureEntry::Status::listed;
  }
  if (state.shown == number) return;
  const bool works = state.restoring || !state.comparisons.empty();
  // What is saved is of that picture too, and goes on.
  if (works && !(state.saving && state.saving->picture == state.shown)) {
    state.requests.push_back(CancelRestore{state.shown});
  }
  state.restoring = false;
  state.comparisons.clear();
  state.maps.wanted = {};
  state.maps.drawn.reset();
  if (PictureEntry* before = shown_picture(state)) {
    before->clean = before->noisy = before->restored = nullptr;
    if (before->status != PictureEntry::Status::failed) {
      before->status = PictureEntry::Status::listed;
    }
  }
  state.shown = number;
  state.view.fitted = true;
}

void close_picture(UiState& state, int number) {
  const PictureEntry* entry = find_picture(state, number);
  if (!entry) return;
  const ptrdiff_t at = entry - state.pictures.data();
  state.requests.push_back(ClosePicture{number});
  leave_queue(state, number);
  if (state.opening == number) state.opening = 0;
  state.pictures.erase(state.pictures.begin() + at);
  if (state.shown != number) return;
  state.shown = 0;
  state.restoring = false;
  state.comparisons.clear();
  if (state.pictures.empty()) return;
  show_picture(state, state.pictures[std::min(size_t(at), state.pictures.size() - 1)].number);
}

}  // namespace limpid
