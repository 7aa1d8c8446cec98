#include "core/train/portions.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/training_pictures.h"

namespace limpid {
namespace {

class PortionsTest : public testing::Test {
 protected:
  // "t0:0+2" is a training portion of epoch 0 from picture 0 on, two pictures; "v:0+1" a test one.
  std::string list(int at_once, const Portions::Range& range) {
    Portions portions(training_, testing_, at_once, range);
    std::string text;
    while (const auto portion = portions.next()) {
      const bool validating = portion->batches == &testing_;
      EXPECT_EQ(validating, portion->epoch == validation_epoch);
      text += (text.empty() ? "" : " ") +
              (validating ? "v" : "t" + std::to_string(portion->epoch)) + ":" +
              std::to_string(portion->first) + "+" + std::to_string(portion->n);
    }
    EXPECT_FALSE(portions.next());
    return text;
  }

  TrainingPictures pictures_{10};
  Dataset dataset_ = pictures_.open();
  Batches training_{dataset_, {0, 1, 2, 3, 4, 5, 6}, {.batch = 4}};
  Batches testing_{dataset_, {7, 8, 9}, {.batch = 4, .shuffle = false}};
};

TEST_F(PortionsTest, CutsBatchesIntoCallsAndTestsAfterEachEpoch) {
  EXPECT_EQ(list(4, {.epochs = 2}), "t0:0+4 t0:4+3 v:0+3 t1:0+4 t1:4+3 v:0+3");
  EXPECT_EQ(list(3, {.epochs = 1}), "t0:0+3 t0:3+1 t0:4+3 v:0+3");
  EXPECT_EQ(list(2, {.epochs = 1}), "t0:0+2 t0:2+2 t0:4+2 t0:6+1 v:0+2 v:2+1");
}

TEST_F(PortionsTest, BeginsAnywhere) {
  EXPECT_EQ(list(4, {.epoch = 1, .picture = 4, .epochs = 2}), "t1:4+3 v:0+3");
  EXPECT_EQ(list(4, {.epoch = 1, .picture = 7, .epochs = 2}), "v:0+3");
  EXPECT_EQ(list(4, {.epoch = 2, .epochs = 2}), "");
}

}  // namespace
}  // namespace limpid
