#include "core/train/epoch_losses.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace limpid {
namespace {

// Sums whose last bits differ when they are added in another order or grouping.
const std::vector<double> told = {0.1, 0.7, 1e9, 0.3, 1e-9, 12.3, 0.9};

// Batches of three calls and one more; the losses are told `at_once` at a time.
EpochLosses summed(size_t at_once) {
  EpochLosses losses;
  for (size_t i = 0; i < told.size(); i += at_once) {
    const size_t end = std::min(told.size(), i + at_once);
    for (size_t j = i; j < end; ++j) losses.expect(2, j % 3 == 2);
    EXPECT_TRUE(losses.add(std::span(told).subspan(i, end - i)));
  }
  return losses;
}

TEST(EpochLosses, AreAddedBatchByBatchHoweverLateTheyAreTold) {
  const double whole = ((0.1 + 0.7) + 1e9) + ((0.3 + 1e-9) + 12.3);
  for (size_t at_once = 1; at_once <= told.size(); ++at_once) {
    const EpochLosses losses = summed(at_once);
    EXPECT_EQ(losses.of_batches(), whole);
    EXPECT_EQ(losses.pictures(), 14u);
    EXPECT_EQ(losses.mean(), (whole + 0.9) / 14);
  }
}

TEST(EpochLosses, KnowWhatIsTold) {
  EpochLosses losses;
  losses.expect(3, false);
  losses.expect(1, true);
  EXPECT_TRUE(losses.add({}));
  EXPECT_EQ(losses.pictures(), 0u);
  EXPECT_TRUE(losses.add(std::vector{6.0}));
  EXPECT_EQ(losses.pictures(), 3u);
  EXPECT_EQ(losses.of_batches(), 0);
  EXPECT_EQ(losses.mean(), 2);
}

TEST(EpochLosses, GoOnFromASum) {
  EpochLosses losses(10, 4);
  losses.expect(1, true);
  EXPECT_TRUE(losses.add(std::vector{5.0}));
  EXPECT_EQ(losses.of_batches(), 15);
  EXPECT_EQ(losses.mean(), 3);
}

TEST(EpochLosses, FindWhatIsNotFinite) {
  for (const double bad : {std::numeric_limits<double>::infinity(), std::nan("")}) {
    EpochLosses losses;
    for (int i = 0; i < 3; ++i) losses.expect(1, true);
    EXPECT_FALSE(losses.add(std::vector{1.0, bad, 2.0}));
    EXPECT_EQ(losses.of_batches(), 1);
  }
}

}  // namespace
}  // namespace limpid
