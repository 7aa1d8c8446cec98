#include "core/engine/activation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/random_values.h"

namespace limpid {
namespace {

constexpr float slope = 0.25f;

double expected(Activation activation, double x) {
  switch (activation) {
    case Activation::linear: return x;
    case Activation::relu: return x < 0 ? 0 : x;
    case Activation::leaky_relu: return x < 0 ? slope * x : x;
    case Activation::sigmoid: return 1 / (1 + std::exp(-x));
  }
  return NAN;
}

constexpr Activation all[] = {Activation::linear, Activation::relu, Activation::leaky_relu,
                              Activation::sigmoid};

// More than one thread's part, and no multiple of anything.
constexpr size_t count = 40007;

TEST(Activation, ValuesAndSlopesAgreeWithTheirFormulas) {
  ThreadPool pool(2);
  const std::vector<float> before = random_values(count, 1);
  for (Activation activation : all) {
    std::vector<float> values = before;
    activate(pool, activation, slope, values);
    std::vector<float> gradients(count, 3.0f);
    activation_gradient(pool, activation, slope, values, gradients);
    for (size_t i = 0; i < count; ++i) {
      const double x = before[i], h = 1e-6;
      ASSERT_NEAR(values[i], expected(activation, x), 1e-6);
      const double by_difference =
          (expected(activation, x + h) - expected(activation, x - h)) / (2 * h);
      if (std::abs(x) <= h) continue;  // the kink
      ASSERT_NEAR(gradients[i], 3 * by_difference, 1e-5);
    }
  }
}

TEST(Activation, WhatIsNoNumberStaysNone) {
  ThreadPool pool(1);
  for (Activation activation : all) {
    std::vector<float> values = {NAN, 1, -1};
    activate(pool, activation, slope, values);
    EXPECT_TRUE(std::isnan(values[0]));
  }
}

TEST(Activation, ConvolutionsKnowTheFactorOfNegativeSums) {
  EXPECT_EQ(negative_factor(Activation::relu, slope), 0);
  EXPECT_EQ(negative_factor(Activation::leaky_relu, slope), slope);
  EXPECT_EQ(negative_factor(Activation::linear, slope), 1);
  EXPECT_EQ(negative_factor(Activation::sigmoid, slope), 1);
}

}  // namespace
}  // namespace limpid
