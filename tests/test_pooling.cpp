#include "core/engine/pooling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/random_values.h"

namespace limpid {
namespace {

constexpr Shape shape = {6, 10, 19};

TEST(Pooling, GradientGoesBackToTheWinners) {
  for (int threads : {1, 2}) {
    ThreadPool pool(threads);
    const std::vector<float> values = random_values(shape.count(), 1);
    const std::vector<float> gradient = random_values(shape.count() / 4, 2);
    std::vector<float> largest(gradient.size()), back(shape.count(), 9.0f);
    std::vector<uint8_t> winners(gradient.size());
    max_pool(pool, shape, values.data(), largest.data(), winners.data());
    max_pool_gradient(pool, shape, gradient.data(), winners.data(), back.data());
    const size_t c = shape.channels, row = shape.width * c;
    for (size_t j = 0; j < largest.size(); ++j) {
      const size_t first = j / (row / 2) * 2 * row + j % (row / 2) / c * 2 * c + j % c;
      const size_t window[] = {first, first + c, first + row, first + row + c};
      const size_t* best = std::max_element(
          window, window + 4, [&](size_t a, size_t b) { return values[a] < values[b]; });
      EXPECT_EQ(largest[j], values[*best]);
      for (const size_t& place : window) {
        EXPECT_EQ(back[place], &place == best ? gradient[j] : 0.0f);
      }
    }
    std::vector<float> strip(2 * row);
    max_pool_gradient_rows(shape, gradient.data(), winners.data(), 4, 2, strip.data());
    EXPECT_TRUE(std::equal(strip.begin(), strip.end(), back.begin() + 4 * row));
  }
}

TEST(Pooling, WinnersMayBeLeftOut) {
  ThreadPool pool(1);
  const std::vector<float> values = random_values(shape.count(), 1);
  std::vector<float> with(shape.count() / 4), without(with.size());
  std::vector<uint8_t> winners(with.size());
  max_pool(pool, shape, values.data(), with.data(), winners.data());
  max_pool(pool, shape, values.data(), without.data(), nullptr);
  EXPECT_EQ(with, without);
}

}  // namespace
}  // namespace limpid
