#include "core/train/pace.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace limpid {
namespace {

void wait() { std::this_thread::sleep_for(std::chrono::milliseconds(2)); }

TEST(Pace, KnowsNothingBeforeTheFirstPicture) {
  const Pace pace;
  EXPECT_EQ(pace.learned_per_s(), 0);
  EXPECT_EQ(pace.seconds_for(100, 100), 0);
}

TEST(Pace, TakesValidationForAThirdUntilItIsMeasured) {
  Pace pace;
  wait();
  pace.learned(6);
  const double six = pace.seconds_for(6, 0);
  EXPECT_GE(six, 0.002);
  EXPECT_DOUBLE_EQ(pace.learned_per_s() * six, 6);
  EXPECT_DOUBLE_EQ(pace.seconds_for(12, 0), 2 * six);
  EXPECT_DOUBLE_EQ(pace.seconds_for(0, 18), six);
  wait();
  pace.validated(1);
  EXPECT_DOUBLE_EQ(pace.seconds_for(6, 0), six);
  EXPECT_GE(pace.seconds_for(0, 1), 0.002);
}

TEST(Pace, GoesOnValidationAloneAfterAResume) {
  Pace pace;
  wait();
  pace.validated(2);
  EXPECT_GE(pace.seconds_for(5, 2), 0.002);
  EXPECT_DOUBLE_EQ(pace.seconds_for(5, 4), 2 * pace.seconds_for(0, 2));
}

// Whatever the clock does between two calls: all laps together are no longer than what passed.
TEST(Pace, AddsUpTheTimeOfAllPictures) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begin = Clock::now();
  Pace pace;
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  pace.learned(6);
  pace.validated(2);
  pace.learned(6);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  pace.validated(2);
  pace.validated(2);
  const double all = pace.seconds_for(12, 6);
  EXPECT_LE(all, std::chrono::duration<double>(Clock::now() - begin).count());
  EXPECT_GE(all, 0.06);
  EXPECT_GE(pace.seconds_for(12, 0), 0.03);
  EXPECT_GE(pace.seconds_for(0, 6), 0.03);
}

}  // namespace
}  // namespace limpid
