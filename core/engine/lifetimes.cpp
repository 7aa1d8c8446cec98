#include "core/engine/lifetimes.h"

#include <algorithm>

namespace limpid {

std::vector<Lifetime> value_lifetimes(std::span<const StepUse> steps, bool training) {
  const int n = int(steps.size());
  std::vector<Lifetime> values(size_t(n) + 1);
  for (int v = 0; v <= n; ++v) values[size_t(v)].first = std::max(0, v - 1);
  values.back().last = n;
  const auto until = [&](int v, int time) {
    values[size_t(v)].last = std::max(values[size_t(v)].last, time);
  };
  for (int i = 0; i < n; ++i) {
    const StepUse& step = steps[size_t(i)];
    for (const int v : step.inputs) until(v, training && step.keeps_input ? 2 * n - i : i);
    until(i + 1, training && step.keeps_output ? 2 * n - i : i);
  }
  return values;
}

std::vector<Lifetime> gradient_lifetimes(std::span<const StepUse> steps) {
  const int n = int(steps.size());
  std::vector<int> last_user(size_t(n) + 1, n);
  for (int i = 0; i < n; ++i) {
    for (const int v : steps[size_t(i)].inputs) last_user[size_t(v)] = i;
  }
  std::vector<Lifetime> gradients;
  for (int v = 0; v <= n; ++v) {
    gradients.push_back({2 * n - last_user[size_t(v)], 2 * n - (v - 1)});
  }
  return gradients;
}

}  // namespace limpid
