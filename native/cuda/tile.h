// Products of two tiles in shared memory: what a block of 256 threads does between two barriers.
//
// Tiles lie in chunks of 16 bytes, in one of two ways, both swizzled so that what a warp reads at
// once lies in different banks; "depth" is the dimension that is summed over:
// - along the depth: one row of 64 bytes for each row or column of the product;
// - across the depth: one row of `across` values for each step of the depth.
// The sums lie in registers: TensorSums on tensor cores, PlainSums in fp32 on CUDA cores.
#pragma once

#include <type_traits>

#include "native/cuda/simt.h"

namespace limpid::cuda {

constexpr int block_threads = 256;
constexpr int chunks_along = 4;  // of a row along the depth

template <Precision precision>
constexpr int values_of_chunk = 16 / int(sizeof(Value<precision>));

// Rows of a tile across the depth: 32 of bf16, 16 of float.
template <Precision precision>
constexpr int depth_across = chunks_along* values_of_chunk<precision>;

__device__ inline int along_at(int row, int chunk) {
  return row * chunks_along + (chunk ^ (row >> 1 & 3));
}

// bf16: ldmatrix reads one chunk of eight rows. Floats: four rows of eight values, two chunks each.
template <Precision precision>
__device__ inline int across_at(int step, int chunk, int across) {
  const int mixed = precision == Precision::bf16 ? chunk ^ (step & 7) : chunk ^ (step & 3) << 1;
  return step * (across / values_of_chunk<precision>)+mixed;
}

template <Precision precision>
__device__ inline void multiply_add(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
  if constexpr (precision == Precision::bf16) {
    multiply_add_bf16(c, a, b);
  } else {
    multiply_add_tf32(c, a, b);
  }
}

// The product's rows x cols sums; a warp has warp_rows x warp_cols of them.
template <Precision precision, int rows, int cols, int warp_rows, int warp_cols>
class TensorSums {
 public:
  static_assert(rows / warp_rows * (cols / warp_cols) == block_threads / 32);

  // += a b^T, both along the depth.
  __device__ void add_along(const Chunk* a, const Chunk* b) {
    const int lane = int(threadIdx.x) % 32;
    const int b_row = lane % 8 + lane / 16 * 8, b_chunk = lane / 8 % 2;
    UNROLL for (int k = 0; k < chunks_along; k += 2) {
      uint32_t a_part[warp_rows / 16][4], b_part[warp_cols / 16][4];
      UNROLL for (int i = 0; i < warp_rows / 16; ++i) {
        load_matrices(a_part[i], a + along_at(row() + 16 * i + lane % 16, k + lane / 16));
        round(a_part[i]);
      }
      UNROLL for (int j = 0; j < warp_cols / 16; ++j) {
        load_matrices(b_part[j], b + along_at(col() + 16 * j + b_row, k + b_chunk));
        round(b_part[j]);
      }
      add(a_part, b_part);
    }
  }

  // += a^T b, both across the depth.
  __device__ void add_across(const Chunk* a, const Chunk* b) {
    if constexpr (precision == Precision::bf16) {
      add_across_by_matrices(a, b);
    } else {
      add_across_by_values(a, b);
    }
  }

  // Calls f(row, column, sum).
  template <class F>
  __device__ void for_each(const F& f) const {
    const int lane = int(threadIdx.x) % 32;
    UNROLL for (int i = 0; i < warp_rows / 16; ++i) {
      UNROLL for (int j = 0; j < warp_cols / 8; ++j) {
        UNROLL for (int s = 0; s < 4; ++s) {
          f(row() + 16 * i + lane / 4 + s / 2 * 8, col() + 8 * j + lane % 4 * 2 + s % 2,
            sums_[i][j][s]);
        }
      }
    }
  }

 private:
  static constexpr int warps_in_a_row = cols / warp_cols;
  __device__ static int row() { return int(threadIdx.x) / 32 / warps_in_a_row * warp_rows; }
  __device__ static int col() { return int(threadIdx.x) / 32 % warps_in_a_row * warp_cols; }

  __device__ static void round(uint32_t (&part)[4]) {
    if constexpr (precision == Precision::tf32) {
      for (uint32_t& word : part) word = round_to_tf32(word);
    }
  }

  __device__ void add(const uint32_t (&a)[warp_rows / 16][4],
                      const uint32_t (&b)[warp_cols / 16][4]) {
    UNROLL for (int i = 0; i < warp_rows / 16; ++i) {
      UNROLL for (int j = 0; j < warp_cols / 8; ++j) {
        multiply_add<precision>(sums_[i][j], a[i], &b[j / 2][j % 2 * 2]);
      }
    }
  }

  __device__ void add_across_by_matrices(const Chunk* a, const Chunk* b) {
    const int lane = int(threadIdx.x) % 32;
    const int first = lane % 8, second = lane / 8 % 2, third = lane / 16;
    UNROLL for (int k = 0; k < depth_across<precision>; k += 16) {
      uint32_t a_part[warp_rows / 16][4], b_part[warp_cols / 16][4];
      UNROLL for (int i = 0; i < warp_rows / 16; ++i) {
        const int chunk = (row() + 16 * i) / 8 + second;
        load_matrices_transposed(a_part[i],
                                 a + across_at<precision>(k + first + 8 * third, chunk, rows));
      }
      UNROLL for (int j = 0; j < warp_cols / 16; ++j) {
        const int chunk = (col() + 16 * j) / 8 + third;
        load_matrices_transposed(b_part[j],
                                 b + across_at<precision>(k + first + 8 * second, chunk, cols));
      }
      add(a_part, b_part);
    }
  }

  // ldmatrix transposes 16-bit values only.
  __device__ void add_across_by_values(const Chunk* a, const Chunk* b) {
    const int lane = int(threadIdx.x) % 32;
    const int g = lane / 4, t = lane % 4;
    const auto word = [](const Chunk* tile, int step, int at, int across) {
      return load_shared(&tile[across_at<precision>(step, at / 4, across)].words[at % 4]);
    };
    UNROLL for (int k = 0; k < depth_across<precision>; k += 8) {
      uint32_t a_part[warp_rows / 16][4], b_part[warp_cols / 16][4];
      UNROLL for (int i = 0; i < warp_rows / 16; ++i) {
        UNROLL for (int r = 0; r < 4; ++r) {
          a_part[i][r] = word(a, k + t + r / 2 * 4, row() + 16 * i + g + r % 2 * 8, rows);
        }
        round(a_part[i]);
      }
      UNROLL for (int j = 0; j < warp_cols / 16; ++j) {
        UNROLL for (int r = 0; r < 4; ++r) {
          b_part[j][r] = word(b, k + t + r % 2 * 4, col() + 16 * j + r / 2 * 8 + g, cols);
        }
        round(b_part[j]);
      }
      add(a_part, b_part);
    }
  }

  float sums_[warp_rows / 16][warp_cols / 8][4] = {};
};

// Thread (y, x) of 16 x 16 has every 16th row and column from there on.
template <int rows, int cols>
class PlainSums {
 public:
  __device__ void add_along(const Chunk* a, const Chunk* b) {
    UNROLL for (int k = 0; k < chunks_along; ++k) {
      Chunk a_part[rows / 16], b_part[cols / 16];
      UNROLL for (int i = 0; i < rows / 16; ++i) a_part[i] = load_shared(a + along_at(row(i), k));
      UNROLL for (int j = 0; j < cols / 16; ++j) b_part[j] = load_shared(b + along_at(col(j), k));
      UNROLL for (int w = 0; w < 4; ++w) {
        add([&](int i) { return a_part[i].words[w]; }, [&](int j) { return b_part[j].words[w]; });
      }
    }
  }

  __device__ void add_across(const Chunk* a, const Chunk* b) {
    UNROLL for (int k = 0; k < depth_across<Precision::fp32>; ++k) {
      const auto word = [k](const Chunk* tile, int at, int across) {
        return load_shared(&tile[across_at<Precision::fp32>(k, at / 4, across)].words[at % 4]);
      };
      uint32_t a_part[rows / 16], b_part[cols / 16];
      UNROLL for (int i = 0; i < rows / 16; ++i) a_part[i] = word(a, row(i), rows);
      UNROLL for (int j = 0; j < cols / 16; ++j) b_part[j] = word(b, col(j), cols);
      add([&](int i) { return a_part[i]; }, [&](int j) { return b_part[j]; });
    }
  }

  template <class F>
  __device__ void for_each(const F& f) const {
    UNROLL for (int i = 0; i < rows / 16; ++i) {
      UNROLL for (int j = 0; j < cols / 16; ++j) f(row(i), col(j), sums_[i][j]);
    }
  }

 private:
  __device__ static int row(int i) { return int(threadIdx.x) / 16 + 16 * i; }
  __device__ static int col(int j) { return int(threadIdx.x) % 16 + 16 * j; }

  template <class A, class B>
  __device__ void add(const A& a, const B& b) {
    UNROLL for (int i = 0; i < rows / 16; ++i) {
      UNROLL for (int j = 0; j < cols / 16; ++j) {
        sums_[i][j] += bits_to_float(a(i)) * bits_to_float(b(j));
      }
    }
  }

  float sums_[rows / 16][cols / 16] = {};
};

template <Precision precision, int rows, int cols, int warp_rows, int warp_cols>
using Sums = std::conditional_t<precision == Precision::fp32, PlainSums<rows, cols>,
                                TensorSums<precision, rows, cols, warp_rows, warp_cols>>;

}  // namespace limpid::cuda
