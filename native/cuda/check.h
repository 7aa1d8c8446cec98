// The one place where CUDA's error codes become words. Only for files that CUDA's headers reach.
#pragma once

#include <cuda_runtime_api.h>

namespace limpid::cuda {

// Throws Error naming `what` (a call, a kernel) unless the code is success.
void check(cudaError_t code, const char* what);

}  // namespace limpid::cuda
