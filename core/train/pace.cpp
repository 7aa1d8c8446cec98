#include "core/train/pace.h"

namespace limpid {

using Clock = std::chrono::steady_clock;

Pace::Pace() : last_(Clock::now()) {}

double Pace::lap() {
  const Clock::time_point now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - last_).count();
  last_ = now;
  return seconds;
}

void Pace::learned(size_t pictures) {
  learned_ += double(pictures);
  learned_s_ += lap();
}

void Pace::validated(size_t pictures) {
  validated_ += double(pictures);
  validated_s_ += lap();
}

double Pace::learned_per_s() const { return learned_s_ > 0 ? learned_ / learned_s_ : 0; }

double Pace::seconds_for(double to_learn, double to_validate) const {
  if (learned_ == 0) {
    return validated_ > 0 ? to_validate * validated_s_ / validated_ : 0;
  }
  const double learn_s = learned_s_ / learned_;
  // Forward and two gradients cost about three times what forward alone does.
  const double validate_s = validated_ > 0 ? validated_s_ / validated_ : learn_s / 3;
  return to_learn * learn_s + to_validate * validate_s;
}

}  // namespace limpid
