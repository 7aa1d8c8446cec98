// simt.h's words as instructions of the GPU's: sm_80 and later.
#pragma once

#include <cuda_runtime.h>

#include "native/cuda/check.h"
#include "native/cuda/device.h"

#define UNROLL _Pragma("unroll")

namespace limpid::cuda {

using Extent = dim3;

struct LaunchShape {
  Extent grid = {};
  Extent block = {};
  size_t shared_bytes = 0;
};

constexpr size_t shared_bytes_unasked = 48 << 10;  // more must be asked for

template <class... Parameters, class... Arguments>
void launch(DeviceStream& stream, const char* name, const LaunchShape& shape,
            void (*kernel)(Parameters...), const Arguments&... arguments) {
  if (shape.grid.x == 0) return;
  if (shape.shared_bytes > shared_bytes_unasked) {
    check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                               int(shape.shared_bytes)),
          name);
  }
  kernel<<<shape.grid, shape.block, shape.shared_bytes, stream.handle()>>>(arguments...);
  check(cudaGetLastError(), name);
}

__device__ inline uint8_t* block_memory() {
  extern __shared__ __align__(1024) uint8_t memory[];
  return memory;
}

template <class T>
__device__ inline T load_shared(const T* from) {
  return *from;
}
template <class T>
__device__ inline void store_shared(T* to, const T& value) {
  *to = value;
}

__device__ inline uint32_t shared_address(const void* at) {
  return uint32_t(__cvta_generic_to_shared(at));
}

template <int bytes = 16>
__device__ inline void copy_async(void* shared, const void* global, bool inside) {
  static_assert(bytes == 8 || bytes == 16);
  // The second-level cache fetches whole lines: what is beside is copied next.
  if constexpr (bytes == 16) {
    asm volatile(
        "cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;" ::"r"(shared_address(shared)),
        "l"(global), "r"(inside ? 16 : 0)
        : "memory");
  } else {
    asm volatile(
        "cp.async.ca.shared.global.L2::128B [%0], [%1], 8, %2;" ::"r"(shared_address(shared)),
        "l"(global), "r"(inside ? 8 : 0)
        : "memory");
  }
}
__device__ inline void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int groups>
__device__ inline void wait_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(groups) : "memory");
}

__device__ inline void load_matrices(uint32_t (&r)[4], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(row))
               : "memory");
}
__device__ inline void load_matrices_transposed(uint32_t (&r)[4], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(row))
               : "memory");
}

__device__ inline void multiply_add_bf16(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, "
      "{%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
__device__ inline void multiply_add_tf32(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, "
      "{%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
__device__ inline uint32_t round_to_tf32(uint32_t float_bits) {
  uint32_t rounded;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(rounded) : "f"(__uint_as_float(float_bits)));
  return rounded;
}

__device__ inline uint32_t exchange(uint32_t value, int lanes) {
  return __shfl_xor_sync(0xFFFFFFFFu, value, lanes);
}
__device__ inline float exchange(float value, int lanes) {
  return __shfl_xor_sync(0xFFFFFFFFu, value, lanes);
}

__device__ inline float bits_to_float(uint32_t bits) { return __uint_as_float(bits); }
__device__ inline uint16_t round_to_bf16(float value) {  // to nearest, ties to even
  uint16_t rounded;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(rounded) : "f"(value));
  return rounded;
}
__device__ inline uint32_t round_pair_to_bf16(float low, float high) {
  uint32_t rounded;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(rounded) : "f"(high), "f"(low));
  return rounded;
}
__device__ inline uint32_t round_rectified_pair_to_bf16(float low, float high) {
  uint32_t rounded;
  asm("cvt.rn.relu.bf16x2.f32 %0, %1, %2;" : "=r"(rounded) : "f"(high), "f"(low));
  return rounded;
}
__device__ inline uint32_t larger_pair(uint32_t a, uint32_t b) {
  uint32_t larger;
  asm("max.NaN.bf16x2 %0, %1, %2;" : "=r"(larger) : "r"(a), "r"(b));
  return larger;
}
__device__ inline uint32_t subtract_pairs(uint32_t a, uint32_t b) {
  constexpr uint32_t minus_one = 0xBF80BF80u;
  uint32_t difference;
  asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(difference) : "r"(b), "r"(minus_one), "r"(a));
  return difference;
}
__device__ inline uint64_t shift_left(uint64_t value, uint32_t bits) {
  uint64_t shifted;
  asm("shl.b64 %0, %1, %2;" : "=l"(shifted) : "l"(value), "r"(bits));
  return shifted;
}
__device__ inline uint32_t signs_of_pairs(uint32_t a, uint32_t b) {
  uint32_t signs;
  asm("prmt.b32 %0, %1, %2, 0xFDB9;" : "=r"(signs) : "r"(a), "r"(b));
  return signs;
}

}  // namespace limpid::cuda

#include "native/cuda/simt_warpgroup.h"
