// How fast pictures go by, and so when a training will end. Only for display: nothing that is
// computed depends on it.
#pragma once

#include <chrono>
#include <cstddef>

namespace limpid {

class Pace {
 public:
  Pace();

  // Pictures that were learned or validated since the call before.
  void learned(size_t pictures);
  void validated(size_t pictures);

  double learned_per_s() const;  // 0 before the first
  // For that many pictures to come.
  double seconds_for(double to_learn, double to_validate) const;

 private:
  double lap();

  std::chrono::steady_clock::time_point last_;
  double learned_ = 0, learned_s_ = 0;
  double validated_ = 0, validated_s_ = 0;
};

}  // namespace limpid
