#include <gtest/gtest.h>

#include <cmath>

#include "core/noise/philox.h"
#include "core/noise/poisson.h"
#include "tests/golden_noise.h"

namespace limpid {
namespace {

// Up to a mean of 30 scipy.stats.poisson.ppf.
TEST(Poisson, EqualsTheGoldenCounts) {
  for (const auto& example : golden_noise()["poisson"]) {
    const double mean = example["mean"];
    for (size_t i = 0; i < example["bits"].size(); ++i) {
      const uint32_t bits = example["bits"][i];
      EXPECT_EQ(poisson(mean, bits), double(example["count"][i])) << mean << ", " << bits;
    }
  }
}

TEST(Poisson, NothingHappensWhereNothingIsExpected) {
  for (const uint32_t bits : {0u, 1u << 31, 0xFFFFFFFFu}) {
    EXPECT_EQ(poisson(0, bits), 0);
    EXPECT_EQ(poisson(-1, bits), 0);
    EXPECT_EQ(poisson(-1e9, bits), 0);
  }
}

TEST(Poisson, HasItsMoments) {
  constexpr size_t count = 1 << 20;
  std::vector<uint32_t> bits(count);
  Sequence().fill(0, bits);
  for (const double mean : {0.05, 0.7, 6.25, 25.0, 30.0, 30.5, 100.0, 1e4}) {
    std::vector<double> counts;
    for (const uint32_t b : bits) counts.push_back(poisson(mean, b));
    const Moments moments = moments_of(counts);
    EXPECT_NEAR(moments.mean, mean, deviations * std::sqrt(mean / count)) << mean;
    // The deviation of a variance: sqrt((fourth moment - variance^2) / count), the fourth central
    // moment of Poisson's being mean + 3 mean^2.
    EXPECT_NEAR(moments.variance, mean, deviations * std::sqrt((mean + 2 * mean * mean) / count))
        << mean;
    // About 1 % of the skewness is lost above 30; the rest is chance.
    const double skewness = 1 / std::sqrt(mean);
    if (mean > 1) {
      EXPECT_NEAR(moments.skewness, skewness, 0.02 * skewness + deviations * std::sqrt(6.0 / count))
          << mean;
    }
  }
}

TEST(Poisson, RisesWithTheBits) {
  for (const double mean : {2.0, 29.0, 31.0, 700.0}) {
    double last = 0;
    for (uint64_t bits = 0; bits < uint64_t(1) << 32; bits += 1 << 18) {
      const double count = poisson(mean, uint32_t(bits));
      ASSERT_GE(count, last) << mean << ", " << bits;
      last = count;
    }
  }
}

}  // namespace
}  // namespace limpid
