#include "core/engine/vector_kernels.h"

namespace limpid {

extern const VectorKernels kernels_sse2;
extern const VectorKernels kernels_avx2;
extern const VectorKernels kernels_avx512;

const VectorKernels& vector_kernels() {
  static const VectorKernels& best = []() -> const VectorKernels& {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
      return kernels_avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return kernels_avx2;
    return kernels_sse2;
  }();
  return best;
}

}  // namespace limpid
