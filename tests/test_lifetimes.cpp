#include <gtest/gtest.h>

#include "core/engine/lifetimes.h"

namespace limpid {
namespace {

// The picture (0) -> 1 -> 2 -> 3 = 1 + 2, by three steps; n is 3, the loss at time 3.
const std::vector<int> first = {0}, second = {1}, sum = {1, 2};

TEST(Lifetimes, WithoutTrainingAValueLivesUntilItsLastReader) {
  const std::vector<StepUse> steps = {{first, true, true}, {second, true, true}, {sum, true, true}};
  EXPECT_EQ(value_lifetimes(steps, false), (std::vector<Lifetime>{{0, 0}, {0, 2}, {1, 2}, {2, 3}}));
}

TEST(Lifetimes, WhatBackwardReadsLivesUntilThen) {
  // Backward of the steps is at 6, 5 and 4. The first keeps its input, the second its output.
  const std::vector<StepUse> steps = {
      {first, true, false}, {second, false, true}, {sum, false, false}};
  EXPECT_EQ(value_lifetimes(steps, true), (std::vector<Lifetime>{{0, 6}, {0, 2}, {1, 5}, {2, 3}}));
  const std::vector<StepUse> nothing = {
      {first, false, false}, {second, false, false}, {sum, false, false}};
  EXPECT_EQ(value_lifetimes(nothing, true), value_lifetimes(nothing, false));
}

TEST(Lifetimes, AGradientLivesFromItsLastReaderToItsMaker) {
  const std::vector<StepUse> steps = {{first}, {second}, {sum}};
  const std::vector<Lifetime> gradients = gradient_lifetimes(steps);
  EXPECT_EQ(gradients[1], (Lifetime{4, 6}));  // of the sum, which is made last, to the first step
  EXPECT_EQ(gradients[2], (Lifetime{4, 5}));
  EXPECT_EQ(gradients[3], (Lifetime{3, 4}));  // from the loss
}

}  // namespace
}  // namespace limpid
