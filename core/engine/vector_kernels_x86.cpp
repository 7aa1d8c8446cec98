#include "core/engine/vector_kernels.h"

namespace limpid {

extern const VectorKernels kernels_sse2;
extern const VectorKernels kernels_avx2;
extern const VectorKernels kernels_avx512;

std::span<const VectorKernels* const> available_vector_kernels() {
  static const VectorKernels* const all[] = {&kernels_avx512, &kernels_avx2, &kernels_sse2};
  static const size_t unknown = [] {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
      return 0;
    }
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 1 : 2;
  }();
  return std::span(all).subspan(unknown);
}

}  // namespace limpid
