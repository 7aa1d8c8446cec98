#include "core/train/schedule.h"

#include <gtest/gtest.h>

#include <vector>

namespace limpid {
namespace {

float rate(Schedule schedule, int64_t step, int64_t steps, int halvings = 0, int warm_up = 0) {
  TrainingSettings settings;
  settings.learning_rate = 0.25f;
  settings.schedule = schedule;
  settings.warm_up = warm_up;
  Plateau plateau;
  plateau.halvings = halvings;
  return learning_rate(settings, step, steps, plateau);
}

TEST(Schedule, ConstantStays) {
  EXPECT_EQ(rate(Schedule::constant, 1, 8), 0.25f);
  EXPECT_EQ(rate(Schedule::constant, 8, 8, 3), 0.25f);
}

TEST(Schedule, CosineFallsFromTheRateTowardsZero) {
  EXPECT_EQ(rate(Schedule::cosine, 1, 8), 0.25f);
  EXPECT_FLOAT_EQ(rate(Schedule::cosine, 3, 8), 0.25f * 0.85355339f);  // (1 + cos(pi / 4)) / 2
  EXPECT_FLOAT_EQ(rate(Schedule::cosine, 5, 8), 0.125f);
  EXPECT_FLOAT_EQ(rate(Schedule::cosine, 7, 8), 0.25f * 0.14644661f);
  EXPECT_GT(rate(Schedule::cosine, 8, 8), 0);
}

TEST(Schedule, PlateauHalves) {
  EXPECT_EQ(rate(Schedule::plateau, 5, 8, 0), 0.25f);
  EXPECT_EQ(rate(Schedule::plateau, 5, 8, 3), 0.03125f);
}

TEST(Schedule, WarmUpRisesEvenlyToTheFullRate) {
  std::vector<float> rates;
  for (int step = 1; step <= 6; ++step) rates.push_back(rate(Schedule::constant, step, 8, 0, 4));
  EXPECT_EQ(rates, (std::vector<float>{0.0625f, 0.125f, 0.1875f, 0.25f, 0.25f, 0.25f}));
}

// The first steps take their share of it; from its end on, it is the same bits as without.
TEST(Schedule, WarmUpLeavesTheScheduleWhereItIs) {
  for (const Schedule schedule : {Schedule::constant, Schedule::cosine, Schedule::plateau}) {
    EXPECT_FLOAT_EQ(rate(schedule, 2, 9, 1, 3), rate(schedule, 2, 9, 1) * 2 / 3);
    for (int step = 3; step <= 9; ++step) {
      EXPECT_EQ(rate(schedule, step, 9, 1, 3), rate(schedule, step, 9, 1)) << step;
    }
    EXPECT_EQ(rate(schedule, 1, 9, 1, 1), rate(schedule, 1, 9, 1));
  }
}

TEST(Schedule, WarmUpMayBeLongerThanTheTraining) {
  EXPECT_EQ(rate(Schedule::constant, 8, 8, 0, 32), 0.0625f);
  EXPECT_EQ(rate(Schedule::constant, 1, 1, 0, 1'000'000), 0.25f / 1'000'000);
}

TEST(Patience, CountsEpochsSinceTheLowest) {
  Patience patience;
  std::vector<bool> improved;
  std::vector<int> waited;
  for (const double loss : {3.0, 2.0, 2.0, 2.5, 1.0, 4.0}) {
    improved.push_back(patience.improves(loss));
    waited.push_back(patience.waited);
  }
  EXPECT_EQ(improved, (std::vector<bool>{true, true, false, false, true, false}));
  EXPECT_EQ(waited, (std::vector<int>{0, 0, 1, 2, 0, 1}));
  EXPECT_EQ(patience.best, 1.0);
}

TEST(Patience, IsNotImpressedByWhatIsNoNumber) {
  Patience patience;
  patience.improves(2);
  EXPECT_FALSE(patience.improves(0.0 / 0.0));
  EXPECT_EQ(patience.best, 2.0);
}

TEST(Plateau, HalvesAfterEachWaitInVain) {
  Plateau plateau;
  std::vector<int> halvings;
  for (const double loss : {3.0, 3.0, 3.0, 3.0, 3.0, 2.0, 2.0, 2.0}) {
    plateau.observe(loss, 2);
    halvings.push_back(plateau.halvings);
  }
  EXPECT_EQ(halvings, (std::vector<int>{0, 0, 1, 1, 2, 2, 2, 3}));
}

}  // namespace
}  // namespace limpid
