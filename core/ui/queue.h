// The queue that restores every picture of the list into a folder, see state.h.
#pragma once

#include <optional>
#include <string>

#include "core/ui/state.h"

namespace limpid {

// Begins with the pictures that are listed now, and with what is chosen now. No result takes the
// name of another, or of a file that is there. `is_new`: the folder is an empty one, and its files
// another module's.
void begin_queue(UiState& state, const std::string& folder, bool is_new);

// What that folder has of these results, by the names that they get where nothing is there, as a
// queue of another day left them; none: nothing. No listed picture counts as a result.
std::optional<FoundResults> find_results(const UiState& state, const std::string& folder);
// The same as begin_queue() with the pictures whose results are not there.
void begin_missing(UiState& state, const std::string& folder);

// Those that a queue which is over has left, because it was given up or they failed.
size_t others_left(const Queue& queue);
// Begins with them, as was chosen for that queue.
void begin_others(UiState& state, const std::string& folder);

// Asks for as much as keeps the work busy. True once: when all is done, and the queue over.
bool advance_queue(UiState& state);

size_t count_of(const Queue& queue, Queue::Job::State state);
size_t answered(const Queue& queue);  // done or failed

// Until it is over, by its pace so far; none before the first answer, or when it is overdue.
std::optional<double> queue_seconds_left(const UiState& state);

// Nothing is at work until it goes on: what was begins anew then.
void pause_queue(UiState& state);
void go_on_with_queue(UiState& state);
// Gives up what is not done.
void cancel_queue(UiState& state);

// Without that picture, which is closed.
void leave_queue(UiState& state, int picture);

// The answer to a Restore of a queue, which may be over; or that it failed.
void count_answer(UiState& state, const Restored& event);
void count_failure(UiState& state, const Failed& event);

}  // namespace limpid
