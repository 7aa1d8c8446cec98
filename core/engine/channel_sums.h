// Sums over all pixels of each channel, in double and in an order that depends on the number of
// pixels alone.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/engine/thread_pool.h"

namespace limpid {

constexpr size_t sum_parts = 64;  // that the pixels are cut into, for any number of threads

constexpr size_t sum_scratch_doubles(int channels) { return sum_parts * size_t(channels); }

// sums[c] = the sum over pixels p of term(p * channels + c, c).
template <class Term>
void channel_sums(ThreadPool& pool, size_t pixels, int channels, const Term& term, double* sums,
                  double* scratch) {
  pool.run(sum_parts, [&](size_t part) {
    double* partial = scratch + part * channels;
    std::fill(partial, partial + channels, 0.0);
    for (size_t p = part * pixels / sum_parts; p < (part + 1) * pixels / sum_parts; ++p) {
      for (int c = 0; c < channels; ++c) partial[c] += double(term(p * channels + c, c));
    }
  });
  std::fill(sums, sums + channels, 0.0);
  for (size_t part = 0; part < sum_parts; ++part) {
    for (int c = 0; c < channels; ++c) sums[c] += scratch[part * channels + c];
  }
}

}  // namespace limpid
