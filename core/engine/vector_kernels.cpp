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

constexpr float root = 1.41421356237f, half_root = root / 2;
constexpr int lanes = LIMPID_VECTOR_BYTES / sizeof(float);
constexpr bool many = LIMPID_VECTOR_REGISTERS == 32;

// Sums fill the registers but for the vectors they are multiplied with and one to spare. Two
// vectors wide, a tile of 14 rows loads 16 values for 28 multiply-adds.
constexpr int outer_rows = many ? 14 : 6;
constexpr int outer_vectors = 2;
constexpr int max_vectors = many ? 4 : 2;
constexpr int pixels_of(int vectors) {
  return vectors == 4 ? 6 : vectors == 3 ? 8 : vectors == 2 ? (many ? 12 : 6) : 12;
}

using Vector = float __attribute__((vector_size(LIMPID_VECTOR_BYTES)));
using Unaligned __attribute__((aligned(4), may_alias)) = Vector;
static_assert(alignof(Unaligned) == 4);  // Clang passes over it behind the name of a type

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
    static constexpr auto three = convolutions<3>();
    static constexpr auto four = convolutions<4>();
    if (vectors == 4) return four[pixels - 1];
    if (vectors == 3) return three[pixels - 1];
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

// B' d of six values: see winograd.h.
inline void to_positions(const Vector (&d)[6], Vector (&v)[6]) {
  const Vector a = d[4] - 2 * d[2], b = half_root * d[3] - root * d[1];
  const Vector c = d[4] - 0.5f * d[2], e = root * d[3] - half_root * d[1];
  v[0] = d[0] - 2.5f * d[2] + d[4];
  v[1] = a + b;
  v[2] = a - b;
  v[3] = c + e;
  v[4] = c - e;
  v[5] = d[1] - 2.5f * d[3] + d[5];
}

// A' m of six values.
inline void to_outputs(const Vector (&m)[6], Vector (&y)[4]) {
  const Vector s = m[1] + m[2], d = m[1] - m[2], t = m[3] + m[4], e = m[3] - m[4];
  y[0] = m[0] + s + t;
  y[1] = half_root * d + root * e;
  y[2] = 0.5f * s + 2 * t;
  y[3] = 0.5f * half_root * d + 2 * root * e + m[5];
}

// A e of four values.
inline void to_positions(const Vector (&e)[4], Vector (&v)[6]) {
  const Vector a = e[0] + 0.5f * e[2], b = half_root * e[1] + 0.5f * half_root * e[3];
  const Vector c = e[0] + 2 * e[2], d = root * e[1] + 2 * root * e[3];
  v[0] = e[0];
  v[1] = a + b;
  v[2] = a - b;
  v[3] = c + d;
  v[4] = c - d;
  v[5] = e[3];
}

// Squares of 6 x 6 pixels, or of 4 x 4 output gradients.
template <int Side>
void winograd_square(const float* const* values, int n, float* to, size_t position) {
  for (int i = 0; i < n; i += lanes, to += lanes) {
    Vector half[6][Side];
    for (int x = 0; x < Side; ++x) {
      Vector d[Side], v[6];
#pragma GCC unroll 6
      for (int y = 0; y < Side; ++y) d[y] = load(values[Side * y + x] + i);
      to_positions(d, v);
#pragma GCC unroll 6
      for (int y = 0; y < 6; ++y) half[y][x] = v[y];
    }
    for (int y = 0; y < 6; ++y) {
      Vector v[6];
      to_positions(half[y], v);
#pragma GCC unroll 6
      for (int x = 0; x < 6; ++x) store(to + (6 * y + x) * position, v[x], lanes);
    }
  }
}

void winograd_outputs(const float* from, size_t position, const float* bias, int n, float negative,
                      float* const* outputs) {
  for (int i = 0; i < n; i += lanes) {
    Vector half[4][6];
    for (int x = 0; x < 6; ++x) {
      Vector m[6], y[4];
#pragma GCC unroll 6
      for (int r = 0; r < 6; ++r) m[r] = load(from + (6 * r + x) * position + i);
      to_outputs(m, y);
#pragma GCC unroll 4
      for (int r = 0; r < 4; ++r) half[r][x] = y[r];
    }
    for (int r = 0; r < 4; ++r) {
      Vector y[4];
      to_outputs(half[r], y);
#pragma GCC unroll 4
      for (int x = 0; x < 4; ++x) {
        const Vector sum = y[x] + load(bias + i);
        store(outputs[4 * r + x] + i, sum > 0.0f ? sum : sum * negative, n - i);
      }
    }
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
    .winograd_pixels = winograd_square<6>,
    .winograd_gradients = winograd_square<4>,
    .winograd_outputs = winograd_outputs,
};

}  // namespace limpid
