// 2 x 2 max pooling with stride 2, and its gradient.
#pragma once

#include <cstdint>

#include "core/engine/thread_pool.h"
#include "core/image/batch.h"

namespace limpid {

// input (height, width, channels) -> output (height / 2, width / 2, channels). `winners`, if any,
// of the output's size, tells which of the four was the first to be largest: 0, 1 above, 2, 3
// below.
void max_pool(ThreadPool& pool, Shape input, const float* from, float* to, uint8_t* winners);

// Each gradient goes to its winner's place, the other three get zero. `input` is the shape of `to`.
void max_pool_gradient(ThreadPool& pool, Shape input, const float* from, const uint8_t* winners,
                       float* to);

// The same for rows first .. first + count - 1 of `to` alone, which points at row `first`; both
// even.
void max_pool_gradient_rows(Shape input, const float* from, const uint8_t* winners, int first,
                            int count, float* to);

}  // namespace limpid
