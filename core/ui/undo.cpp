#include "core/ui/undo.h"

#include <utility>

#include "core/ui/proposal.h"

namespace limpid {
namespace {

constexpr size_t most_remembered = 200;

}  // namespace

Undo::Chosen Undo::chosen(const UiState& state) {
  return {.choices = state.choices,
          .mode = state.view.mode,
          .order = chosen_order(state.training),
          .logarithmic = state.training.logarithmic};
}

void Undo::watch(const UiState& state) {
  Chosen seen = chosen(state);
  if (seen == now_) return;
  // The first model that is there is not a change of the user's.
  const bool first = !watching_ || now_.choices.model == 0;
  watching_ = true;
  Chosen before = std::exchange(now_, std::move(seen));
  if (first) return;
  before_.push_back(std::move(before));
  if (before_.size() > most_remembered) before_.erase(before_.begin());
  after_.clear();
}

bool Undo::undo(UiState& state) { return go(before_, after_, state); }
bool Undo::redo(UiState& state) { return go(after_, before_, state); }

bool Undo::go(std::vector<Chosen>& from, std::vector<Chosen>& to, UiState& state) {
  if (from.empty()) return false;
  to.push_back(chosen(state));
  now_ = std::move(from.back());
  from.pop_back();
  state.choices = now_.choices;
  state.view.mode = now_.mode;
  state.training.logarithmic = now_.logarithmic;
  if (state.training.idle()) choose_order(state.training, now_.order);
  now_ = chosen(state);
  return true;
}

}  // namespace limpid
