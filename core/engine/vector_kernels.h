// The inner loops that XNNPACK does not have, written once with the compiler's vector types and
// compiled for each instruction set of the target (cpu.cmake; of the page, web/CMakeLists.txt).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace limpid {

// C[m][n] += sum over rows r and pixels p of A[r][p][m] * B[r][p][n]: a tile of a gradient by
// weight, where A and B are two pictures (or shifted parts of them) read pixel by pixel.
struct OuterProductTile {
  const float* a = nullptr;  // m values at a + r * a_row + p * a_pixel
  size_t a_pixel = 0, a_row = 0;
  const float* b = nullptr;  // n values at b + r * b_row + p * b_pixel; whole vectors are read,
  size_t b_pixel = 0, b_row = 0;  // the values past n count for nothing
  size_t pixels = 0, rows = 0;
  float* c = nullptr;  // n values at c + m * c_row
  size_t c_row = 0;
  int m = 0, n = 0;  // 1 .. max_m, 1 .. max_n
};

// out[p] = activation(bias + sum over taps t and i < run of pointers[t][p][i] * kernel[t][i]) for
// `pixels` output pixels and n output channels.
struct ConvolutionTile {
  const float* const* pointers = nullptr;  // (taps, pixels)
  int taps = 0, run = 0;                   // input values in a tap
  const float* kernel = nullptr;           // (taps, run, vectors * lanes)
  const float* bias = nullptr;             // (vectors * lanes)
  float* const* outputs = nullptr;         // (pixels), n values each
  int n = 0;                               // 1 .. vectors * lanes
  float negative = 1;                      // factor of negative sums: 0 is relu, 1 linear
};

// The four pixels of a 2 x 2 pooling window, row by row.
using PoolWindow = std::array<const float*, 4>;

struct VectorKernels {
  const char* instruction_set;  // "AVX-512", "AVX2", ...
  int lanes;                    // floats in a vector
  int max_m, max_n;             // of an OuterProductTile
  int max_vectors;              // of output channels in a ConvolutionTile: 2 or 4
  void (*outer_product)(const OuterProductTile&);
  // Pixels a full tile of that many vectors holds, and the function for `pixels` of them.
  int (*tile_pixels)(int vectors);
  void (*(*convolution)(int vectors, int pixels))(const ConvolutionTile&);
  // The largest of the four in each of n channels; winners (or null): the first that is largest.
  void (*pool)(const PoolWindow& window, int n, float* largest, uint8_t* winners);
  // B' d B, A' m A and A e A' of winograd.h, for n channels. A square of pixels, outputs or output
  // gradients is given row by row; its value at each position is n floats, `position` apart. Whole
  // vectors are read, and written to positions; of an output n values, activation(bias + value).
  void (*winograd_pixels)(const float* const* pixels, int n, float* to, size_t position);
  void (*winograd_gradients)(const float* const* gradients, int n, float* to, size_t position);
  void (*winograd_outputs)(const float* from, size_t position, const float* bias, int n,
                           float negative, float* const* outputs);
};

// Those of this build that the processor can run, the best first. The file that defines it is
// picked by the build: vector_kernels_x86.cpp asks the processor, vector_kernels_generic.cpp has
// one set.
std::span<const VectorKernels* const> available_vector_kernels();

inline const VectorKernels& vector_kernels() { return *available_vector_kernels().front(); }

// So many floats as hold `count` in whole vectors of these.
inline int whole_vectors(int count) {
  const int lanes = vector_kernels().lanes;
  return (count + lanes - 1) / lanes * lanes;
}

}  // namespace limpid
