#include "core/train/prefetch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "tests/training_pictures.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

class PrefetchTest : public testing::TestWithParam<Preparation> {
 protected:
  // Portions of one and of two pictures, `count` of them.
  Prefetch::Source source(int count) {
    auto given = std::make_shared<int>(0);
    return [this, count, given]() -> std::optional<Portion> {
      if (*given == count) return std::nullopt;
      const int i = (*given)++;
      return Portion{&batches_, uint32_t(i), size_t(i % 5), 1 + i % 2};
    };
  }

  std::unique_ptr<Prefetch> prefetch(Prefetch::Source source) {
    return std::make_unique<Prefetch>(std::move(source), batches_.shape(), 2, GetParam());
  }

  TrainingPictures pictures_{6};
  // Nothing is held: every picture is read when it is needed.
  Dataset dataset_ = pictures_.open({.size = 0, .cache_bytes = 0});
  Batches batches_{dataset_, {0, 1, 2, 3, 4, 5}, {.batch = 4}};
};

INSTANTIATE_TEST_SUITE_P(Both, PrefetchTest,
                         testing::Values(Preparation::ahead, Preparation::on_demand));

TEST_P(PrefetchTest, GivesWhatBatchesGivesInOrder) {
  const auto prefetch = this->prefetch(source(40));
  for (int i = 0; i < 40; ++i) {
    const Prefetch::Filled filled = prefetch->next();
    ASSERT_EQ(filled.portion.epoch, uint32_t(i));
    ASSERT_EQ(filled.clean.n, 1 + i % 2);
    std::vector<float> clean(filled.clean.data.size()), noisy(clean.size());
    batches_.fill(uint32_t(i), size_t(i % 5), {filled.clean.n, batches_.shape(), clean},
                  {filled.clean.n, batches_.shape(), noisy});
    EXPECT_TRUE(std::equal(clean.begin(), clean.end(), filled.clean.data.begin()));
    EXPECT_TRUE(std::equal(noisy.begin(), noisy.end(), filled.noisy.data.begin()));
    // The network restores in place.
    std::fill(filled.noisy.data.begin(), filled.noisy.data.end(), -1.0f);
  }
}

TEST_P(PrefetchTest, PlansThoseOfSomeBatches) {
  const Dataset held = pictures_.open();
  const Batches planned(held, {3, 1, 2}, {.batch = 2, .crop = 4, .flip = true});
  const Batches others(held, {0, 4}, {.batch = 2, .crop = 4});
  int given = 0;
  const auto next = [&]() -> std::optional<Portion> {
    const uint32_t epoch = uint32_t(given++);
    return epoch % 3 < 2 ? Portion{&planned, epoch, 1, 2} : Portion{&others, epoch, 0, 1};
  };
  Prefetch prefetch(next, planned.shape(), 2, GetParam(), &planned);
  for (uint32_t epoch = 0; epoch < 9; ++epoch) {
    const Prefetch::Filled filled = prefetch.next();
    if (epoch % 3 == 2) {
      std::vector<float> clean(others.shape().count()), noisy = clean;
      others.fill(epoch, 0, {1, others.shape(), clean}, {1, others.shape(), noisy});
      EXPECT_TRUE(filled.samples.empty());
      EXPECT_TRUE(std::equal(noisy.begin(), noisy.end(), filled.noisy.data.begin()));
      continue;
    }
    std::vector<Sample> samples(2);
    planned.plan(epoch, 1, samples);
    ASSERT_EQ(filled.samples.size(), 2u);
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(filled.samples[i].picture, samples[i].picture);
      EXPECT_EQ(filled.samples[i].y, samples[i].y);
      EXPECT_EQ(filled.samples[i].left_right, samples[i].left_right);
      EXPECT_EQ(filled.samples[i].noise.sequence.epoch, epoch);
    }
  }
}

// Beside pictures that a device makes itself. The files are gone when they would be read again.
TEST_P(PrefetchTest, KeepsThoseOfValidationsWhereThereIsRoom) {
  const Dataset held = pictures_.open();
  const Batches planned(held, {3}, {.batch = 2});
  const std::vector<size_t> order = batches_.order(validation_epoch);
  const size_t picture_bytes = 2 * batches_.shape().count() * sizeof(float);
  for (const size_t room : {size_t(0), 3 * picture_bytes}) {
    std::vector<std::vector<float>> noisy;
    int given = 0;
    const auto next = [&]() -> std::optional<Portion> {
      const int i = given++;
      return Portion{&batches_, validation_epoch, size_t(2 * (i % 2)), 2 - i % 2};
    };
    Prefetch prefetch(next, batches_.shape(), 2, Preparation::on_demand, &planned, room);
    for (int i = 0; i < 2; ++i) {
      const Prefetch::Filled filled = prefetch.next();
      noisy.emplace_back(filled.noisy.data.begin(), filled.noisy.data.end());
      std::fill(filled.noisy.data.begin(), filled.noisy.data.end(), -1.0f);  // restored in place
    }
    if (room == 0) {
      const fs::path lost = dataset_.file(order[0]), aside = lost.string() + ".aside";
      fs::rename(lost, aside);
      EXPECT_THROW(prefetch.next(), Error);
      fs::rename(aside, lost);
      continue;
    }
    for (int i = 0; i < 3; ++i) fs::remove(dataset_.file(order[size_t(i)]));
    for (int i = 0; i < 4; ++i) {
      const Prefetch::Filled filled = prefetch.next();
      EXPECT_TRUE(std::ranges::equal(filled.noisy.data, noisy[size_t(i % 2)]));
      std::fill(filled.noisy.data.begin(), filled.noisy.data.end(), -1.0f);
    }
  }
}

// Ahead there is one more ready than is in use, or two where none is.
TEST_P(PrefetchTest, EndsAtOnceWhereverItIs) {
  const auto asked = [&](int count, int taken) {
    int times = 0;
    auto prefetch = this->prefetch([&times, next = source(count)] {
      ++times;
      return next();
    });
    for (int i = 0; i < taken; ++i) prefetch->next();
    prefetch.reset();
    return times;
  };
  const bool ahead = GetParam() == Preparation::ahead;
  for (int taken = 0; taken < 6; ++taken) {
    EXPECT_LE(asked(1000, taken), ahead ? std::max(taken + 1, 2) : taken);
  }
  EXPECT_LE(asked(2, 2), ahead ? 3 : 2);
  EXPECT_LE(asked(0, 0), ahead ? 1 : 0);
}

TEST_P(PrefetchTest, FailsWhereThePictureIsNeededAndNotBefore) {
  const size_t lost = batches_.order(2)[2];
  int given = 0;
  const auto prefetch = this->prefetch([&]() -> std::optional<Portion> {
    // Epoch 2's third picture is in the third portion.
    if (given == 2) fs::remove(dataset_.file(lost));
    return Portion{&batches_, 2, size_t(given++), 1};
  });
  EXPECT_EQ(prefetch->next().portion.first, 0u);
  EXPECT_EQ(prefetch->next().portion.first, 1u);
  for (int i = 0; i < 2; ++i) {
    try {
      prefetch->next();
      if (GetParam() == Preparation::ahead || i == 0) FAIL() << "no Error";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(dataset_.file(lost).string()), std::string::npos)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace limpid
