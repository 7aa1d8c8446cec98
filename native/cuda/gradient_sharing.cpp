#include "native/cuda/gradient_sharing.h"

#include <algorithm>
#include <numeric>

namespace limpid::cuda {
namespace {

class Sharing {
 public:
  explicit Sharing(std::span<const GradientUse> steps)
      : steps_(steps), owners_(steps.size() + 1), users_(steps.size() + 1) {
    std::iota(owners_.begin(), owners_.end(), 0);
    for (int i = 0; i < int(steps.size()); ++i) {
      for (const int v : steps[size_t(i)].inputs) users_[size_t(v)].push_back(i);
    }
  }

  std::vector<int> owners() {
    for (int i = int(steps_.size()) - 1; i >= 0; --i) {
      const GradientUse& step = steps_[size_t(i)];
      if (!step.needed || !step.passes) continue;
      for (const int v : step.inputs) {
        if (fits(v, i)) owners_[size_t(v)] = owners_[size_t(i) + 1];
      }
    }
    return std::move(owners_);
  }

 private:
  // Whether v's gradient can stay where step i, an addition, has its output's.
  bool fits(int v, int i) const {
    const auto& users = users_[size_t(v)];
    const bool begins = users.back() == i && std::ranges::count(users, i) == 1;
    if (v == 0 || !steps_[size_t(v) - 1].needed || !begins) return false;
    for (int other = 1; other <= i; ++other) {  // those whose gradient is still to be read
      if (other == v || owners_[size_t(other)] != owners_[size_t(i) + 1]) continue;
      if (disturbs(v, other, i) || disturbs(other, v, i)) return false;
    }
    return true;
  }

  // Whether steps before step i change v's gradient no later than the other's is read, which is
  // when the step runs that makes the other.
  bool disturbs(int v, int other, int i) const {
    const int read = other - 1, maker = v - 1;
    if (steps_[size_t(maker)].overwrites && maker > read) return true;
    return std::ranges::any_of(users_[size_t(v)],
                               [&](int user) { return user >= read && user < i; });
  }

  const std::span<const GradientUse> steps_;
  std::vector<int> owners_;
  std::vector<std::vector<int>> users_;  // of each value, ascending
};

}  // namespace

std::vector<int> shared_gradients(std::span<const GradientUse> steps) {
  return Sharing(steps).owners();
}

}  // namespace limpid::cuda
