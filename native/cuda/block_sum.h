// The sum of one number of each thread of a block, in double and always in the same order.
#pragma once

#include "native/cuda/simt.h"

namespace limpid::cuda {

constexpr unsigned summing_threads = 256;                           // of the block
constexpr size_t summing_bytes = summing_threads * sizeof(double);  // of its shared memory

// The first thread has the sum, the others have parts of it.
__device__ inline double block_sum(double sum) {
  double* const sums = reinterpret_cast<double*>(block_memory());
  store_shared(&sums[threadIdx.x], sum);
  for (unsigned half = summing_threads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x >= half) continue;
    sum += load_shared(&sums[threadIdx.x + half]);
    store_shared(&sums[threadIdx.x], sum);
  }
  return sum;
}

}  // namespace limpid::cuda
