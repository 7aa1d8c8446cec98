// Choices as they were, for Ctrl+Z.
#pragma once

#include <vector>

#include "core/ui/state.h"

namespace limpid {

class Undo {
 public:
  // After a frame in which nothing is being moved: remembers the choices before the last change.
  void watch(const UiState& state);

  // The model took the place of `before` as it suits the picture on the screen (suit_model()): that
  // is no change of the user's, and goes for what was chosen before, too.
  void suit(const UiState& state, int before);

  // Puts the choices back as they were before the last change, or before the last undo; false when
  // there is none. A training that runs keeps its order.
  bool undo(UiState& state);
  bool redo(UiState& state);

 private:
  struct Chosen {
    Choices choices;  // their model is chosen_model(), also while it is on its way
    ViewMode mode = ViewMode::split;
    TrainingOrder order;
    bool logarithmic = true;

    bool operator==(const Chosen&) const = default;
  };
  static Chosen chosen(const UiState& state);
  bool go(std::vector<Chosen>& from, std::vector<Chosen>& to, UiState& state);

  bool watching_ = false;
  Chosen now_;
  std::vector<Chosen> before_, after_;  // the newest last
};

}  // namespace limpid
