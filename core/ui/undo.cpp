#include "core/ui/undo.h"

#include <algorithm>
#include <utility>

#include "core/ui/model_list.h"
#include "core/ui/proposal.h"

namespace limpid {
namespace {

constexpr size_t most_remembered = 200;

}  // namespace

Undo::Chosen Undo::chosen(const UiState& state) {
  Chosen chosen = {.choices = state.choices,
                   .mode = state.view.mode,
                   .order = chosen_order(state.training),
                   .logarithmic = state.training.logarithmic};
  chosen.choices.model = chosen_model(state);
  return chosen;
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

void Undo::suit(const UiState& state, int before) {
  const auto replace = [&](Chosen& chosen) {
    Choices& choices = chosen.choices;
    if (choices.model == before && choices.already_noisy == state.choices.already_noisy)
      choices.model = chosen_model(state);
  };
  replace(now_);
  std::ranges::for_each(before_, replace);
  std::ranges::for_each(after_, replace);
}

bool Undo::undo(UiState& state) { return go(before_, after_, state); }
bool Undo::redo(UiState& state) { return go(after_, before_, state); }

bool Undo::go(std::vector<Chosen>& from, std::vector<Chosen>& to, UiState& state) {
  if (from.empty()) return false;
  to.push_back(chosen(state));
  now_ = std::move(from.back());
  from.pop_back();
  const int model = state.choices.model;
  state.choices = now_.choices;
  state.choices.model = model;  // until that one is there
  choose_model(state, now_.choices.model);
  state.view.mode = now_.mode;
  state.training.logarithmic = now_.logarithmic;
  if (state.training.idle()) choose_order(state.training, now_.order);
  now_ = chosen(state);
  return true;
}

}  // namespace limpid
