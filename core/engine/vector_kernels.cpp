// Compiled once for each instruction set, with
//   LIMPID_VECTOR_SET        name of the table this file defines, e.g. kernels_avx2
//   LIMPID_VECTOR_NAME       the set's name for people
//   LIMPID_VECTOR_BYTES      bytes in a vector register
//   LIMPID_VECTOR_REGISTERS  how many there are: 16 or 32
#include "core/engine/vector_kernels.h"

#include <array>
#include <utility>

namespace limpid {
extern const VectorKernels LIMPID_VECTOR_SET;

namespace {

constexpr int lanes = LIMPID_VECTOR_BYTES / sizeof(float);
constexpr bool many = LIMPID_VECTOR_REGISTERS == 32;

// Sums fill the registers but for the vectors they are multiplied with and one to spare. Two
// vectors wide, a tile of 14 rows loads 16 values for 28 multiply-adds.
constexpr int outer_rows = many ? 14 : 6;
constexpr int outer_vectors = 2;
constexpr int max_vectors = many ? 4 : 2;
constexpr int pixels_of(int vectors) {
  return vectors == 4 ? 6 : vectors == 2 ? (many ? 12 : 6) : 12;
}

using Vector = float __attribute__((vector_size(LIMPID_VECTOR_BYTES)));
using Unaligned = float __attribute__((vector_size(LIMPID_VECTOR_BYTES), aligned(4), may_alias));

inline Vector load(const float* from) { return *reinterpret_cast<const Unaligned*>(from); }

// a b + c. Elsewhere the compiler fuses it by itself; relaxed SIMD it only uses when told to.
inline Vector multiply_add(Vector a, float b, Vector c) {
#ifdef __wasm_relaxed_simd__
  return __builtin_wasm_relaxed_madd_f32x4(a, Vector{b, b, b, b}, c);
#else
  return c + a * b;
#endif
}

inline void store(float* to, Vector value, int n) {
  if (n >= lanes) {
    *reinterpret_cast<Unaligned*>(to) = value;
  } else {
    for (int i = 0; i < n; ++i) to[i] = value[i];
  }
}

inline void add_to(float* to, Vector value, int n) {
  if (n >= lanes) {
    *reinterpret_cast<Unaligned*>(to) = load(to) + value;
  } else {
    for (int i = 0; i < n; ++i) to[i] += value[i];
  }
}

template <int Vectors, int M>
void outer_product_tile(const OuterProductTile& t) {
  Vector sum[M][Vectors] = {};
  for (size_t r = 0; r < t.rows; ++r) {
    const float* a = t.a + r * t.a_row;
    const float* b = t.b + r * t.b_row;
    for (size_t p = 0; p < t.pixels; ++p, a += t.a_pixel, b += t.b_pixel) {
      Vector wide[Vectors];
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) wide[v] = load(b + v * lanes);
#pragma GCC unroll 16
      for (int m = 0; m < M; ++m) {
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; ++v) sum[m][v] = multiply_add(wide[v], a[m], sum[m][v]);
      }
    }
  }
#pragma GCC unroll 16
  for (int m = 0; m < M; ++m) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) {
      add_to(t.c + m * t.c_row + v * lanes, sum[m][v], t.n - v * lanes);
    }
  }
}

template <int Vectors, int Pixels>
void convolution_tile(const ConvolutionTile& t) {
  Vector sum[Pixels][Vectors];
#pragma GCC unroll 16
  for (int p = 0; p < Pixels; ++p) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) sum[p][v] = load(t.bias + v * lanes);
  }
  const float* kernel = t.kernel;
  const float* const* pointers = t.pointers;
  for (int tap = 0; tap < t.taps; ++tap, pointers += Pixels) {
    const float* input[Pixels];
#pragma GCC unroll 16
    for (int p = 0; p < Pixels; ++p) input[p] = pointers[p];
    for (int i = 0; i < t.run; ++i, kernel += Vectors * lanes) {
      Vector wide[Vectors];
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) wide[v] = load(kernel + v * lanes);
#pragma GCC unroll 16
      for (int p = 0; p < Pixels; ++p) {
        const float value = input[p][i];
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; ++v) sum[p][v] = multiply_add(wide[v], value, sum[p][v]);
      }
    }
  }
#pragma GCC unroll 16
  for (int p = 0; p < Pixels; ++p) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) {
      const Vector s = sum[p][v];
      store(t.outputs[p] + v * lanes, s > 0.0f ? s : s * t.negative, t.n - v * lanes);
    }
  }
}

using OuterProduct = void (*)(const OuterProductTile&);
using Convolution = void (*)(const ConvolutionTile&);

template <int Vectors, int... M>
constexpr std::array<OuterProduct, sizeof...(M)> products(std::integer_sequence<int, M...>) {
  return {outer_product_tile<Vectors, M + 1>...};
}
template <int Vectors, int... P>
constexpr std::array<Convolution, sizeof...(P)> convolutions(std::integer_sequence<int, P...>) {
  return {convolution_tile<Vectors, P + 1>...};
}
template <int Vectors>
constexpr auto convolutions() {
  return convolutions<Vectors>(std::make_integer_sequence<int, pixels_of(Vectors)>{});
}

void outer_product(const OuterProductTile& t) {
  constexpr auto rows = std::make_integer_sequence<int, outer_rows>{};
  static constexpr auto narrow = products<1>(rows);
  static constexpr auto wide = products<outer_vectors>(rows);
  (t.n > lanes ? wide : narrow)[t.m - 1](t);
}

Convolution convolution(int vectors, int pixels) {
  static constexpr auto one = convolutions<1>();
  static constexpr auto two = convolutions<2>();
  if constexpr (max_vectors == 4) {
    static constexpr auto four = convolutions<4>();
    if (vectors == 4) return four[pixels - 1];
  }
  return vectors == 2 ? two[pixels - 1] : one[pixels - 1];
}

void pool(const PoolWindow& window, int n, float* largest, uint8_t* winners) {
  const auto [a, b, c, d] = window;
  for (int i = 0; i < n; ++i) {
    const float above = a[i] >= b[i] ? a[i] : b[i];
    const float below = c[i] >= d[i] ? c[i] : d[i];
    largest[i] = above >= below ? above : below;
  }
  if (!winners) return;
  for (int i = 0; i < n; ++i) {
    const float best = largest[i];
    winners[i] = uint8_t(a[i] == best ? 0 : b[i] == best ? 1 : c[i] == best ? 2 : 3);
  }
}

}  // namespace

const VectorKernels LIMPID_VECTOR_SET = {
    .instruction_set = LIMPID_VECTOR_NAME,
    .lanes = lanes,
    .max_m = outer_rows,
    .max_n = outer_vectors * lanes,
    .max_vectors = max_vectors,
    .outer_product = outer_product,
    .tile_pixels = pixels_of,
    .convolution = convolution,
    .pool = pool,
};

}  // namespace limpid
