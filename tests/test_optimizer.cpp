#include "core/engine/optimizer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace limpid {
namespace {

struct Trained {
  std::vector<float> weight, first_moment, second_moment, average;

  explicit Trained(std::vector<float> start)
      : weight(start),
        first_moment(start.size()),
        second_moment(start.size()),
        average(start.size()) {}

  void apply(const UpdateStep& step, const std::vector<float>& gradient) {
    limpid::apply(step, {weight, gradient, first_moment, second_moment, average});
  }
};

float gradient_at(int step, size_t i) {
  return float(std::sin(0.7 * step + double(i)) * std::pow(10.0, -double(i % 7)));
}

TEST(Optimizer, AdamsFirstStepIsKeras) {
  // A gradient of 1e-6 makes sqrt(v) = 3.16e-8, less than epsilon: there Keras's form and that
  // with epsilon beside the corrected moment (-9.09e-4) differ most.
  Trained trained({0.5f, 0.5f, 0.5f});
  trained.apply({}, {2.0f, -1e-6f, 0.0f});
  EXPECT_NEAR(trained.weight[0], 0.5 - 1e-3, 1e-7);
  const double root = 1e-6 * std::sqrt(1e-3);
  EXPECT_NEAR(trained.weight[1], 0.5 + 1e-3 * root / (root + 1e-7), 1e-7);
  EXPECT_EQ(trained.weight[2], 0.5f);
  EXPECT_NEAR(trained.first_moment[0], 0.2, 1e-7);
  EXPECT_NEAR(trained.second_moment[0], 0.004, 1e-7);  // 0.999f is 1.3e-8 too large
}

TEST(Optimizer, AdamFollowsItsFormulaInDouble) {
  constexpr size_t count = 21;
  Trained trained(std::vector<float>(count, 0.25f));
  std::vector<double> w(count, 0.25), m(count), v(count);
  for (int t = 1; t <= 100; ++t) {
    std::vector<float> gradient(count);
    const double rate = 2e-3 * std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t));
    for (size_t i = 0; i < count; ++i) {
      gradient[i] = gradient_at(t, i);
      const double g = gradient[i] * 0.125;
      m[i] += 0.1 * (g - m[i]);
      v[i] += 0.001 * (g * g - v[i]);
      w[i] -= rate * m[i] / (std::sqrt(v[i]) + 1e-7);
    }
    trained.apply({.step = t, .learning_rate = 2e-3f, .gradient_scale = 0.125f}, gradient);
  }
  // 100 roundings of weights near 0.3, and moments of 7 digits.
  for (size_t i = 0; i < count; ++i) EXPECT_NEAR(trained.weight[i], w[i], 3e-6) << i;
}

TEST(Optimizer, SgdKeepsItsVelocity) {
  Trained trained({1.0f});
  const UpdateStep step{
      .optimizer = Optimizer::sgd, .learning_rate = 0.5f, .beta1 = 0.5f, .gradient_scale = 0.25f};
  trained.apply(step, {4.0f});
  EXPECT_EQ(trained.first_moment[0], -0.5f);
  EXPECT_EQ(trained.weight[0], 0.5f);
  trained.apply(step, {-2.0f});
  EXPECT_EQ(trained.first_moment[0], 0.0f);
  EXPECT_EQ(trained.weight[0], 0.5f);
  EXPECT_EQ(trained.second_moment[0], 0.0f);
}

TEST(Optimizer, AverageStartsFromTheFirstWeightsAndFollows) {
  Trained trained({1.0f});
  UpdateStep step{
      .optimizer = Optimizer::sgd, .learning_rate = 1, .beta1 = 0, .average_decay = 0.2f};
  trained.apply(step, {1.0f});  // decay 2 / 11, less than 0.2
  EXPECT_NEAR(trained.average[0], 2.0 / 11, 1e-7);
  step.step = 2;
  trained.apply(step, {-2.0f});  // decay 0.2, less than 3 / 12
  EXPECT_NEAR(trained.average[0], 0.2 * 2.0 / 11 + 0.8 * 2, 1e-6);
}

TEST(Optimizer, WithoutAverageNoneIsTouched) {
  Trained trained({1.0f});
  trained.apply({}, {1.0f});
  EXPECT_EQ(trained.average[0], 0.0f);
}

TEST(Optimizer, ClipFactorLimitsTheNormOfTheScaledGradients) {
  const double squares = 3 * 3 + 4 * 4;  // of a norm of 5, 2.5 scaled
  EXPECT_EQ(clip_factor({.gradient_scale = 0.5f, .clip_norm = 1}, squares), 0.4f);
  EXPECT_EQ(clip_factor({.gradient_scale = 0.5f, .clip_norm = 2.5f}, squares), 1);
  EXPECT_EQ(clip_factor({.gradient_scale = 0.5f}, squares), 1);
  EXPECT_EQ(clip_factor({.clip_norm = 1}, 0), 1);
}

TEST(Optimizer, PartsGiveTheBitsOfTheWhole) {
  constexpr size_t count = 1003;
  for (Optimizer optimizer : {Optimizer::adam, Optimizer::sgd}) {
    Trained whole(std::vector<float>(count, 0.25f));
    Trained parts = whole;
    for (int t = 1; t <= 3; ++t) {
      std::vector<float> gradient(count);
      for (size_t i = 0; i < count; ++i) gradient[i] = gradient_at(t, i);
      const UpdateStep step{.optimizer = optimizer, .step = t, .average_decay = 0.5f};
      whole.apply(step, gradient);
      for (size_t first = 0; first < count; first += 77) {
        const size_t size = std::min<size_t>(77, count - first);
        const auto part = [&](std::vector<float>& all) {
          return std::span(all).subspan(first, size);
        };
        apply(step, {part(parts.weight), part(gradient), part(parts.first_moment),
                     part(parts.second_moment), part(parts.average)});
      }
    }
    EXPECT_EQ(whole.weight, parts.weight);
    EXPECT_EQ(whole.average, parts.average);
  }
}

}  // namespace
}  // namespace limpid
