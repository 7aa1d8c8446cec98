#include <gtest/gtest.h>

#include <cmath>

#include "core/classical/exponential.h"

namespace limpid {
namespace {

TEST(Exponential, IsThatOfMinusX) {
  EXPECT_EQ(exponential_of_minus(0), 1.0f);
  for (int i = 0; i <= 87000; ++i) {
    const float x = float(i) / 1000;
    const double expected = std::exp(-double(x));
    ASSERT_NEAR(exponential_of_minus(x) / expected, 1, 3e-7) << x;
  }
}

TEST(Exponential, FallsNoFurtherThanNormalNumbers) {
  const float least = exponential_of_minus(87);
  EXPECT_TRUE(std::isnormal(least));
  for (const float x : {87.5f, 1e3f, 1e30f, INFINITY}) EXPECT_EQ(exponential_of_minus(x), least);
}

}  // namespace
}  // namespace limpid
