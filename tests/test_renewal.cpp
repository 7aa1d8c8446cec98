#include "core/train/renewal.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace limpid {
namespace {

TEST(Renewal, TakesAtMostATwentiethOfTheTime) {
  double now = 1000;
  Renewal renewal([&] { return now; });
  EXPECT_TRUE(renewal.is_due());
  renewal.renew([&] { now += 0.25; });
  EXPECT_FALSE(renewal.is_due());
  now += 4.75;
  EXPECT_FALSE(renewal.is_due());
  now += 0.25;
  EXPECT_TRUE(renewal.is_due());
  renewal.renew([&] { now += 0.5; });  // the last one counts
  now += 9.75;
  EXPECT_FALSE(renewal.is_due());
  now += 0.25;
  EXPECT_TRUE(renewal.is_due());
}

TEST(Renewal, WaitsNoLongerThanItMay) {
  double now = 0;
  Renewal renewal([&] { return now; });
  renewal.renew([&] { now += 1; });
  EXPECT_FALSE(renewal.is_due(3));
  EXPECT_TRUE(renewal.is_due(0));
  now += 3;
  EXPECT_TRUE(renewal.is_due(3));
  EXPECT_FALSE(renewal.is_due(60));
  now += 17;
  EXPECT_TRUE(renewal.is_due(60));
}

TEST(Renewal, WhatFailedIsStillDue) {
  double now = 0;
  Renewal renewal([&] { return now; });
  EXPECT_THROW(renewal.renew([&] {
    now += 1;
    throw std::runtime_error("no room");
  }),
               std::runtime_error);
  EXPECT_TRUE(renewal.is_due());
}

}  // namespace
}  // namespace limpid
