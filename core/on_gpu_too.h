// Marks a function that GPUs run as well. constexpr ones need no mark; those that call sqrt or log
// cannot be constexpr.
#pragma once

#ifdef __CUDACC__
#define LIMPID_ON_GPU_TOO __host__ __device__
#else
#define LIMPID_ON_GPU_TOO
#endif
