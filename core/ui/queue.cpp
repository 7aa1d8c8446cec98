#include "core/ui/queue.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "core/ui/saving.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

constexpr size_t most_requested = 2;  // pictures that the work is given ahead

using JobState = Queue::Job::State;
using IsTaken = std::function<bool(const std::string& file)>;

// Of pictures of sub-folders, side by side: "beach.png" where it is free, "beach-restored.png",
// "beach-restored-2.png"; those of a JPEG "beach.jpg".
std::string free_name(const Queue& queue, const PictureEntry& entry, const IsTaken& is_taken) {
  const std::string ending = ending_of(format_to_save(queue.choices, entry));
  std::string name = fs::path(entry.name).replace_extension().string();
  std::replace(name.begin(), name.end(), '/', '-');
  for (int i = 0;; ++i) {
    const std::string end = i == 0 ? "" : i == 1 ? "-restored" : "-restored-" + std::to_string(i);
    const std::string file = (fs::path(queue.folder) / (name + end + ending)).string();
    if (!is_taken(file)) return file;
  }
}

// One for each listed picture, and none beside another's.
std::vector<Queue::Job> jobs_of(const UiState& state, const Queue& queue, const IsTaken& is_taken) {
  std::vector<Queue::Job> jobs;
  std::set<std::string> given;
  for (const PictureEntry& entry : state.pictures) {
    jobs.push_back({entry.number, free_name(queue, entry, [&](const std::string& file) {
                      return given.contains(file) || is_taken(file);
                    })});
    given.insert(jobs.back().file);
  }
  return jobs;
}

bool is_there(const std::string& file) {
  std::error_code none;
  return fs::exists(file, none);
}

// As the file system has it, so that one file has one name.
fs::path canonical(const fs::path& path) {
  std::error_code none;
  return fs::weakly_canonical(path, none);
}

// Of the listed pictures, in a folder where nothing but they may be.
std::vector<Queue::Job> jobs_beside_pictures(const UiState& state, const Queue& queue) {
  std::set<fs::path> pictures;
  for (const PictureEntry& entry : state.pictures) pictures.insert(canonical(entry.path));
  const fs::path folder = canonical(queue.folder);
  return jobs_of(state, queue, [&](const std::string& file) {
    return pictures.contains(folder / fs::path(file).filename());
  });
}

// A failure may be another one next time, or none.
void forget_failure(PictureEntry& entry) {
  if (entry.status != PictureEntry::Status::failed) return;
  entry.status = PictureEntry::Status::listed;
  entry.unreadable = false;
  entry.message.clear();
}

Queue new_queue(UiState& state, const std::string& folder, const Choices& choices) {
  return {
      .number = state.next_number++, .folder = folder, .choices = choices, .began_s = state.now};
}

void begin(UiState& state, Queue queue) {
  for (const Queue::Job& job : queue.jobs) {
    if (PictureEntry* entry = find_picture(state, job.picture)) forget_failure(*entry);
  }
  state.queue = std::move(queue);
  state.found_results.reset();
}

// The job of a picture, of the queue that is at it now or paused; null: there is none.
Queue::Job* find_job(UiState& state, int queue, int picture) {
  if (queue == 0 || queue != state.queue.number) return nullptr;
  const auto found = std::ranges::find(state.queue.jobs, picture, &Queue::Job::picture);
  return found == state.queue.jobs.end() ? nullptr : &*found;
}

void drop(Queue& queue, const Queue::Job& job) {
  queue.jobs.erase(queue.jobs.begin() + (&job - queue.jobs.data()));
}

// Of a picture that is closed; none but those that are asked for have such.
bool is_closed(const UiState& state, const Queue::Job& job) {
  return job.state == JobState::asked && !find_picture(state, job.picture);
}

// What was asked for is to be asked for anew.
void take_back(UiState& state, bool goes_on) {
  Queue& queue = state.queue;
  state.requests.push_back(CancelQueue{queue.number, goes_on});
  std::erase_if(queue.jobs, [&](const Queue::Job& job) { return is_closed(state, job); });
  for (Queue::Job& job : queue.jobs) {
    if (job.state == JobState::asked) job.state = JobState::waiting;
  }
}

}  // namespace

void begin_queue(UiState& state, const std::string& folder, bool is_new) {
  Queue queue = new_queue(state, folder, state.choices);
  queue.jobs =
      jobs_of(state, queue, [&](const std::string& file) { return !is_new && is_there(file); });
  begin(state, std::move(queue));
}

std::optional<FoundResults> find_results(const UiState& state, const std::string& folder) {
  const Queue queue = {.folder = folder, .choices = state.choices};
  FoundResults found = {
      .folder = folder, .pictures = state.pictures.size(), .format = state.choices.file_format};
  for (const Queue::Job& job : jobs_beside_pictures(state, queue))
    found.there += is_there(job.file);
  return found.there > 0 ? std::optional(found) : std::nullopt;
}

void begin_missing(UiState& state, const std::string& folder) {
  Queue queue = new_queue(state, folder, state.choices);
  queue.jobs = jobs_beside_pictures(state, queue);
  std::erase_if(queue.jobs, [](const Queue::Job& job) { return is_there(job.file); });
  begin(state, std::move(queue));
}

size_t others_left(const Queue& queue) {
  return queue.over() ? queue.jobs.size() - count_of(queue, JobState::done) : 0;
}

void begin_others(UiState& state, const std::string& folder) {
  Queue queue = new_queue(state, folder, state.queue.choices);
  for (const Queue::Job& job : state.queue.jobs) {
    if (job.state == JobState::done) continue;
    const fs::path name = fs::path(job.file).filename();
    queue.jobs.push_back({job.picture, (fs::path(folder) / name).string()});
  }
  begin(state, std::move(queue));
}

bool advance_queue(UiState& state) {
  Queue& queue = state.queue;
  if (!queue.running()) return false;
  if (answered(queue) == queue.jobs.size()) {
    queue.number = 0;
    return true;
  }
  size_t asked = count_of(queue, JobState::asked);
  for (Queue::Job& job : queue.jobs) {
    if (asked == most_requested) break;
    if (job.state != JobState::waiting) continue;
    job.state = JobState::asked;
    ++asked;
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

size_t count_of(const Queue& queue, Queue::Job::State state) {
  return size_t(std::ranges::count(queue.jobs, state, &Queue::Job::state));
}

size_t answered(const Queue& queue) {
  return count_of(queue, JobState::done) + count_of(queue, JobState::failed);
}

std::optional<double> queue_seconds_left(const UiState& state) {
  const Queue& queue = state.queue;
  const size_t all = answered(queue);
  if (!queue.running() || all <= queue.answered_then) return std::nullopt;
  const double each = (queue.answered_s - queue.began_s) / double(all - queue.answered_then);
  const double left = each * double(queue.jobs.size() - all) - (state.now - queue.answered_s);
  return left > 0 ? std::optional(left) : std::nullopt;
}

void pause_queue(UiState& state) {
  state.queue.paused = true;
  take_back(state, true);
}

// By another number, so that late answers to what was taken back are not these.
void go_on_with_queue(UiState& state) {
  Queue& queue = state.queue;
  queue.number = state.next_number++;
  queue.paused = false;
  queue.began_s = state.now;
  queue.answered_then = answered(queue);
}

void cancel_queue(UiState& state) {
  take_back(state, false);
  state.queue.number = 0;
  state.queue.paused = false;
}

// One that was asked for is answered, as cancelled.
void leave_queue(UiState& state, int picture) {
  std::erase_if(state.queue.jobs, [&](const Queue::Job& job) {
    return job.picture == picture && job.state != JobState::asked && job.state != JobState::done;
  });
}

void count_answer(UiState& state, const Restored& event) {
  Queue::Job* job = find_job(state, event.request.queue, event.picture);
  if (!job) return;
  state.queue.answered_s = state.now;
  if (!event.cancelled)
    job->state = JobState::done;
  else if (job->state == JobState::asked)  // else it was taken back
    drop(state.queue, *job);
}

void count_failure(UiState& state, const Failed& event) {
  Queue::Job* job = find_job(state, event.queue, event.number);
  if (!job) return;
  state.queue.answered_s = state.now;
  const PictureEntry* entry = find_picture(state, event.number);
  if (!entry) return drop(state.queue, *job);
  job->state = JobState::failed;
  // That it could not be opened was told before, with the reason.
  job->error = entry->unreadable ? entry->message : event.message;
}

}  // namespace limpid
