#include "core/engine/vector_kernels.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/random_values.h"

namespace limpid {
namespace {

// Sums of some hundred products, each rounded.
constexpr double tolerance = 2e-5;

TEST(VectorKernels, TheBestComesFirst) {
  const auto all = available_vector_kernels();
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(&vector_kernels(), all.front());
  for (size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i]->lanes, all[i - 1]->lanes);
}

TEST(VectorKernels, OuterProductsOfEverySize) {
  constexpr size_t rows = 3, pixels = 5;
  for (const VectorKernels* kernels : available_vector_kernels()) {
    const size_t a_pixel = kernels->max_m + 1, b_pixel = 2 * kernels->max_n;
    const std::vector<float> a = random_values(rows * (pixels + 1) * a_pixel, 1);
    const std::vector<float> b = random_values(rows * (pixels + 2) * b_pixel, 2);
    for (int m = 1; m <= kernels->max_m; ++m) {
      for (int n = 1; n <= kernels->max_n; ++n) {
        SCOPED_TRACE(std::string(kernels->instruction_set) + " " + std::to_string(m) + " x " +
                     std::to_string(n));
        const size_t c_row = kernels->max_n + 3;
        std::vector<float> c = random_values(m * c_row, 3);
        const std::vector<float> before = c;
        kernels->outer_product({.a = a.data(),
                                .a_pixel = a_pixel,
                                .a_row = (pixels + 1) * a_pixel,
                                .b = b.data(),
                                .b_pixel = b_pixel,
                                .b_row = (pixels + 2) * b_pixel,
                                .pixels = pixels,
                                .rows = rows,
                                .c = c.data(),
                                .c_row = c_row,
                                .m = m,
                                .n = n});
        for (size_t i = 0; i < c.size(); ++i) {
          const size_t row = i / c_row, col = i % c_row;
          double expected = before[i];
          for (size_t r = 0; r < rows && col < size_t(n); ++r) {
            for (size_t p = 0; p < pixels; ++p) {
              expected += double(a[(r * (pixels + 1) + p) * a_pixel + row]) *
                          b[(r * (pixels + 2) + p) * b_pixel + col];
            }
          }
          ASSERT_NEAR(c[i], expected, tolerance) << row << " " << col;
        }
      }
    }
  }
}

// A tile of every size, of `run` values at each of three taps; returns all outputs.
std::vector<float> convolved(const VectorKernels& kernels, int vectors, int pixels, int n,
                             float negative, const std::vector<float>& input) {
  constexpr int taps = 3, run = 7;
  const int width = vectors * kernels.lanes;
  const std::vector<float> kernel = random_values(size_t(taps) * run * width, 1);
  const std::vector<float> bias = random_values(size_t(width), 2);
  std::vector<float> output(size_t(pixels) * width, NAN);
  std::vector<const float*> pointers;
  for (int t = 0; t < taps; ++t) {
    for (int p = 0; p < pixels; ++p) pointers.push_back(&input[(t * 3 + p) * 2]);
  }
  std::vector<float*> outputs;
  for (int p = 0; p < pixels; ++p) outputs.push_back(&output[size_t(p) * width]);
  kernels.convolution(vectors, pixels)({.pointers = pointers.data(),
                                        .taps = taps,
                                        .run = run,
                                        .kernel = kernel.data(),
                                        .bias = bias.data(),
                                        .outputs = outputs.data(),
                                        .n = n,
                                        .negative = negative});
  for (int p = 0; p < pixels; ++p) {
    for (int o = 0; o < width; ++o) {
      const float value = output[size_t(p) * width + o];
      if (o >= n) {
        EXPECT_TRUE(std::isnan(value)) << "written past n";
        continue;
      }
      double expected = bias[o];
      for (int t = 0; t < taps; ++t) {
        for (int i = 0; i < run; ++i) {
          expected += double(input[(t * 3 + p) * 2 + i]) * kernel[(t * run + i) * width + o];
        }
      }
      if (expected < 0) expected *= negative;
      EXPECT_NEAR(value, expected, tolerance) << "pixel " << p << ", channel " << o;
    }
  }
  return output;
}

TEST(VectorKernels, ConvolutionTilesOfEverySize) {
  const std::vector<float> input = random_values(60, 4);
  for (const VectorKernels* kernels : available_vector_kernels()) {
    for (int vectors = 1; vectors <= kernels->max_vectors; ++vectors) {
      const int width = vectors * kernels->lanes;
      for (int pixels = 1; pixels <= kernels->tile_pixels(vectors); ++pixels) {
        SCOPED_TRACE(std::string(kernels->instruction_set) + ", vectors " +
                     std::to_string(vectors) + ", pixels " + std::to_string(pixels));
        for (int n : {width, width - 1, width / 2 + 1, 1}) {
          convolved(*kernels, vectors, pixels, n, 0.1f, input);
        }
      }
    }
  }
}

TEST(VectorKernels, APixelIsTheSameInATileOfAnySize) {
  const std::vector<float> input = random_values(60, 4);
  for (const VectorKernels* kernels : available_vector_kernels()) {
    for (int vectors = 1; vectors <= kernels->max_vectors; ++vectors) {
      const int width = vectors * kernels->lanes, most = kernels->tile_pixels(vectors);
      const std::vector<float> full = convolved(*kernels, vectors, most, width, 0, input);
      for (int pixels = 1; pixels < most; ++pixels) {
        const std::vector<float> part = convolved(*kernels, vectors, pixels, width, 0, input);
        EXPECT_TRUE(std::equal(part.begin(), part.end(), full.begin())) << kernels->instruction_set;
      }
    }
  }
}

TEST(VectorKernels, PoolTakesTheFirstOfTheLargest) {
  const std::vector<float> a = {5, 1, 1, 1, 2, 0, -1}, b = {1, 5, 1, 1, 2, 3, -1},
                           c = {1, 1, 5, 1, 2, 3, -2}, d = {1, 1, 1, 5, 2, 3, -1};
  const std::vector<float> largest = {5, 5, 5, 5, 2, 3, -1};
  const std::vector<uint8_t> winners = {0, 1, 2, 3, 0, 1, 0};
  for (const VectorKernels* kernels : available_vector_kernels()) {
    for (int repeat : {1, 9}) {  // also longer than a vector
      std::vector<float> window[4], expected;
      std::vector<uint8_t> expected_winners;
      for (int i = 0; i < repeat; ++i) {
        const std::vector<float>* const parts[] = {&a, &b, &c, &d};
        for (int k = 0; k < 4; ++k) {
          window[k].insert(window[k].end(), parts[k]->begin(), parts[k]->end());
        }
        expected.insert(expected.end(), largest.begin(), largest.end());
        expected_winners.insert(expected_winners.end(), winners.begin(), winners.end());
      }
      std::vector<float> out(expected.size());
      std::vector<uint8_t> won(expected.size());
      const PoolWindow pointers = {window[0].data(), window[1].data(), window[2].data(),
                                   window[3].data()};
      kernels->pool(pointers, int(out.size()), out.data(), won.data());
      EXPECT_EQ(out, expected);
      EXPECT_EQ(won, expected_winners);
      std::fill(out.begin(), out.end(), 0.0f);
      kernels->pool(pointers, int(out.size()), out.data(), nullptr);
      EXPECT_EQ(out, expected);
    }
  }
}

}  // namespace
}  // namespace limpid
