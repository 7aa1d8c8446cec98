#include "core/train/renewal.h"

#include <algorithm>
#include <chrono>

namespace limpid {

namespace {

constexpr double rest = 20;  // in times of the work

}  // namespace

bool Renewal::is_due(double at_latest_s) const {
  return now_() - renewed_ >= std::min(rest * took_s_, at_latest_s);
}

void Renewal::renew(const std::function<void()>& work) {
  const double start = now_();
  work();
  renewed_ = now_();
  took_s_ = renewed_ - start;
}

double Renewal::machine_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace limpid
