// What a block of warpgroups does between two rounds of products.
#pragma once

#include "native/cuda/simt.h"

namespace limpid::cuda {

// Hands over what was copied for the round, all groups of copies but the last; and waits for the
// products of the round before, which read what is to be filled next.
template <int count>
__device__ inline void begin_round(float (&sums)[count]) {
  wait_copies<1>();
  fence_products();
  wait_products(sums);
  __syncthreads();
  begin_products();
}

}  // namespace limpid::cuda
