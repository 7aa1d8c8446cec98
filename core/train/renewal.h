// When something that is renewed again and again is due, so that it takes a small share of the time
// however often it could be.
#pragma once

#include <functional>
#include <limits>
#include <utility>

namespace limpid {

class Renewal {
 public:
  using Seconds = std::function<double()>;  // of a clock that only goes on

  explicit Renewal(Seconds now = machine_seconds) : now_(std::move(now)) {}

  // At first; then once 20 times as long has passed as renew() took, so that at most a twentieth of
  // the time goes into it, but not later than `at_latest_s` after it.
  bool is_due(double at_latest_s = std::numeric_limits<double>::infinity()) const;

  void renew(const std::function<void()>& work);

 private:
  static double machine_seconds();

  Seconds now_;
  double renewed_ = -std::numeric_limits<double>::infinity();  // when it was over
  double took_s_ = 0;
};

}  // namespace limpid
