#include "core/ui/queue.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/ui/saving.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

constexpr size_t most_requested = 2;  // pictures that the work is given ahead

// Of pictures of sub-folders, side by side: "beach.png" where it is free, "beach-restored.png",
// "beach-restored-2.png"; those of a JPEG "beach.jpg".
std::string free_name(const Queue& queue, const PictureEntry& entry,
                      const std::set<std::string>& taken, bool is_new) {
  const std::string ending = ending_of(format_to_save(queue.choices, entry));
  std::string name = fs::path(entry.name).replace_extension().string();
  std::replace(name.begin(), name.end(), '/', '-');
  for (int i = 0;; ++i) {
    const std::string end = i == 0 ? "" : i == 1 ? "-restored" : "-restored-" + std::to_string(i);
    const std::string file = (fs::path(queue.folder) / (name + end + ending)).string();
    std::error_code none;
    if (!taken.contains(file) && (is_new || !fs::exists(file, none))) return file;
  }
}

bool is_running(const UiState& state, int queue) {
  return queue != 0 && queue == state.queue.number;
}

void count(UiState& state) {
  ++state.queue.done;
  state.queue.answered_s = state.now;
}

}  // namespace

void begin_queue(UiState& state, const std::string& folder, bool is_new) {
  Queue queue{.number = state.next_number++, .folder = folder, .choices = state.choices};
  queue.began_s = state.now;
  std::set<std::string> taken;
  for (const PictureEntry& entry : state.pictures) {
    queue.jobs.push_back({entry.number, free_name(queue, entry, taken, is_new)});
    taken.insert(queue.jobs.back().file);
  }
  state.queue = std::move(queue);
}

bool advance_queue(UiState& state) {
  Queue& queue = state.queue;
  if (!queue.running()) return false;
  if (queue.done >= queue.jobs.size()) {
    queue.number = 0;
    return true;
  }
  for (; queue.requested < queue.jobs.size() && queue.requested < queue.done + most_requested;
       ++queue.requested) {
    const Queue::Job& job = queue.jobs[queue.requested];
    const PictureEntry& entry = *find_picture(state, job.picture);
    Restore request = restore_as_chosen(queue.choices, entry.number);
    request.send_pictures = false;
    request.save_to = job.file;
    request.queue = queue.number;
    if (!entry.clean) state.requests.push_back(OpenPicture{entry.number, entry.path});
    state.requests.push_back(request);
  }
  return false;
}

std::optional<double> queue_seconds_left(const UiState& state) {
  const Queue& queue = state.queue;
  if (!queue.running() || queue.done == 0) return std::nullopt;
  const double each = (queue.answered_s - queue.began_s) / double(queue.done);
  const double left =
      each * double(queue.jobs.size() - queue.done) - (state.now - queue.answered_s);
  return left > 0 ? std::optional(left) : std::nullopt;
}

void cancel_queue(UiState& state) {
  state.requests.push_back(CancelQueue{state.queue.number});
  state.queue.number = 0;
}

// One that was asked for is answered, as cancelled.
void leave_queue(UiState& state, int picture) {
  Queue& queue = state.queue;
  const auto waiting = queue.jobs.begin() + ptrdiff_t(queue.requested);
  const auto left = std::remove_if(waiting, queue.jobs.end(),
                                   [&](const Queue::Job& job) { return job.picture == picture; });
  queue.jobs.erase(left, queue.jobs.end());
}

void count_answer(UiState& state, int queue) {
  if (is_running(state, queue)) count(state);
}

void count_failure(UiState& state, int queue) {
  if (is_running(state, queue)) count(state), ++state.queue.failed;
}

}  // namespace limpid
