#include "core/ui/queue.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "core/ui/format.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

constexpr size_t most_told = 3;  // failures; the rows tell of all

std::string with_count(Text which, size_t count) {
  char line[96];
  std::snprintf(line, sizeof line, text(which), int(count));
  return line;
}

bool wide_button(const std::string& label, Look look = Look::plain) {
  return button(label.c_str(), look, ImGui::GetContentRegionAvail().x);
}

void draw_progress(const UiState& state) {
  const Queue& queue = state.queue;
  const size_t restored = count_of(queue, Queue::Job::State::done), all = queue.jobs.size();
  char line[96];
  std::snprintf(line, sizeof line, text(queue.paused ? Text::queue_paused : Text::restoring_all),
                int(restored), int(all));
  std::string told = line;
  if (const auto left = queue_seconds_left(state)) {
    std::snprintf(line, sizeof line, text(Text::queue_left), duration_text(*left).c_str());
    told += line;
  }
  progress(float(answered(queue)) / float(std::max(all, size_t(1))), told.c_str());
}

void draw_at_work(UiState& state) {
  draw_progress(state);
  const float share = share_of_row(2);
  if (state.queue.paused) {
    if (button(text(Text::go_on), Look::main, share)) go_on_with_queue(state);
  } else {
    if (button(text(Text::pause), Look::plain, share)) pause_queue(state);
    explain(text(Text::pause_queue_explained));
  }
  ImGui::SameLine();
  if (button(text(Text::cancel), Look::plain, share)) cancel_queue(state);
}

// What becomes of the results that are there; not of another list or format meanwhile.
void draw_found_results(UiState& state) {
  const FoundResults found = *state.found_results;
  if (found.pictures != state.pictures.size() || found.format != state.choices.file_format)
    return state.found_results.reset();
  char line[96];
  std::snprintf(line, sizeof line, text(Text::found_results), int(found.there),
                int(found.pictures));
  paragraph(line, colors().warm);
  if (found.there < found.pictures) {
    const size_t others = found.pictures - found.there;
    if (wide_button(with_count(Text::restore_others, others), Look::main))
      begin_missing(state, found.folder);
  }
  const float share = share_of_row(2);
  if (button(text(Text::restore_again), Look::plain, share))
    begin_queue(state, found.folder, false);
  explain(text(Text::restore_again_explained));
  ImGui::SameLine();
  if (button(text(Text::cancel), Look::plain, share)) state.found_results.reset();
}

// The others below: what is pressed twice is not another button.
void draw_beginnings(UiState& state, Platform& platform) {
  Queue& queue = state.queue;
  const bool can_begin = state.pictures.size() > 1 && state.choices.model != 0;
  if (can_begin && wide_button(with_count(Text::restore_all, state.pictures.size()))) {
    queue.others_next = false;
    platform.pick_results_folder();
  }
  const size_t others = others_left(queue);
  if (others == 0) return;
  const bool begins = wide_button(with_count(Text::restore_others, others));
  explain(text(Text::restore_others_explained));
  if (!begins) return;
  queue.others_next = !platform.keeps_files();
  if (queue.others_next)
    platform.pick_results_folder();
  else
    begin_others(state, std::string(queue.folder));
}

void draw_failures(const Queue& queue) {
  const size_t failed = count_of(queue, Queue::Job::State::failed);
  size_t told = 0;
  for (const Queue::Job& job : queue.jobs) {
    if (told == std::min(failed, most_told)) break;
    if (job.state != Queue::Job::State::failed) continue;
    paragraph(job.error.c_str(), colors().bad);
    ++told;
  }
  if (failed > told) paragraph(with_count(Text::more_failed, failed - told).c_str(), colors().bad);
}

}  // namespace

void draw_queue(UiState& state, Platform& platform) {
  if (!state.queue.over())
    draw_at_work(state);
  else if (state.found_results)
    draw_found_results(state);
  else
    draw_beginnings(state, platform);
  draw_failures(state.queue);
}

}  // namespace limpid
