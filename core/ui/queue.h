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

// Asks for as much as keeps the work busy. True once: when all is done, and the queue over.
bool advance_queue(UiState& state);

// Until it is over, by its pace so far; none before the first answer, or when it is overdue.
std::optional<double> queue_seconds_left(const UiState& state);

// Gives up what is not done.
void cancel_queue(UiState& state);

// Without that picture, which is closed.
void leave_queue(UiState& state, int picture);

// The answer to a Restore of that queue, which may be over; or that it failed.
void count_answer(UiState& state, int queue);
void count_failure(UiState& state, int queue);

}  // namespace limpid
