// How the learning rate goes, and when to stop waiting for a better epoch.
#pragma once

#include <cstdint>
#include <optional>

#include "core/train/settings.h"

namespace limpid {

// Epochs since the lowest validation loss.
struct Patience {
  std::optional<double> best;  // none before the first epoch
  int waited = 0;

  // True when `loss` is lower than all before; else one more epoch has been waited.
  bool improves(double loss);

  bool operator==(const Patience&) const = default;
};

// How often the plateau schedule has halved the rate, and what it waits for.
struct Plateau {
  Patience patience;
  int halvings = 0;

  // After each epoch. Halves when `epochs` of them in a row were not better, and waits anew.
  void observe(double val_loss, int epochs);

  bool operator==(const Plateau&) const = default;
};

// For step `step` (counted from 1) of `steps` in the whole training:
// constant: learning_rate; plateau: learning_rate / 2^halvings; cosine: learning_rate times
// (1 + cos(pi (step - 1) / steps)) / 2 (Loshchilov & Hutter 2017, without restarts).
// All of them times step / warm_up in the first `warm_up` steps (Goyal et al. 2017, gradual
// warm-up): at the full rate from the first step, wide residual networks may diverge or lose maps
// for good. The schedule runs on below it and is not moved. A warm-up may be longer than the
// training, which then never has the full rate but may go on with more epochs.
float learning_rate(const TrainingSettings& settings, int64_t step, int64_t steps,
                    const Plateau& plateau);

}  // namespace limpid
