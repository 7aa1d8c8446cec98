#include "core/engine/pooling.h"

#include <cassert>

#include "core/engine/vector_kernels.h"

namespace limpid {

void max_pool(ThreadPool& pool, Shape input, const float* from, float* to, uint8_t* winners) {
  const size_t c = size_t(input.channels);
  const size_t row = size_t(input.width) * c;
  pool.run(size_t(input.height) / 2, [&](size_t y) {
    for (int x = 0; x < input.width / 2; ++x) {
      const float* above = from + 2 * y * row + 2 * x * c;
      const float* below = above + row;
      const size_t at = y * row / 2 + x * c;
      vector_kernels().pool({above, above + c, below, below + c}, input.channels, to + at,
                            winners ? winners + at : nullptr);
    }
  });
}

void max_pool_gradient_rows(Shape input, const float* from, const uint8_t* winners, int first,
                            int count, float* to) {
  assert(first % 2 == 0 && count % 2 == 0);
  const size_t c = size_t(input.channels);
  const size_t row = size_t(input.width) * c;
  for (int y = 0; y < count; y += 2) {
    for (int x = 0; x < input.width / 2; ++x) {
      const size_t at = size_t(first + y) / 2 * (row / 2) + x * c;
      float* above = to + y * row + 2 * x * c;
      float* below = above + row;
      for (size_t i = 0; i < c; ++i) {
        const float gradient = from[at + i];
        const int winner = winners[at + i];
        above[i] = winner == 0 ? gradient : 0.0f;
        above[c + i] = winner == 1 ? gradient : 0.0f;
        below[i] = winner == 2 ? gradient : 0.0f;
        below[c + i] = winner == 3 ? gradient : 0.0f;
      }
    }
  }
}

void max_pool_gradient(ThreadPool& pool, Shape input, const float* from, const uint8_t* winners,
                       float* to) {
  const size_t row = size_t(input.width) * input.channels;
  pool.run(size_t(input.height) / 2, [&](size_t y) {
    max_pool_gradient_rows(input, from, winners, int(2 * y), 2, to + 2 * y * row);
  });
}

}  // namespace limpid
