#include "core/train/schedule.h"

#include <cassert>
#include <cmath>
#include <numbers>

namespace limpid {

namespace {

// Without a warm-up.
float scheduled_rate(const TrainingSettings& settings, int64_t step, int64_t steps,
                     const Plateau& plateau) {
  switch (settings.schedule) {
    case Schedule::constant: return settings.learning_rate;
    case Schedule::plateau: return std::ldexp(settings.learning_rate, -plateau.halvings);
    case Schedule::cosine: break;
  }
  const double done = double(step - 1) / double(steps);
  return float(settings.learning_rate * (1 + std::cos(std::numbers::pi * done)) / 2);
}

}  // namespace

bool Patience::improves(double loss) {
  if (best && !(loss < *best)) {
    ++waited;
    return false;
  }
  best = loss;
  waited = 0;
  return true;
}

void Plateau::observe(double val_loss, int epochs) {
  if (patience.improves(val_loss) || patience.waited < epochs) return;
  ++halvings;
  patience.waited = 0;
}

float learning_rate(const TrainingSettings& settings, int64_t step, int64_t steps,
                    const Plateau& plateau) {
  assert(step >= 1 && step <= steps);
  const float rate = scheduled_rate(settings, step, steps, plateau);
  if (step >= settings.warm_up) return rate;
  return float(double(rate) * double(step) / settings.warm_up);
}

}  // namespace limpid
