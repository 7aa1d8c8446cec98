#include "core/engine/winograd.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/engine/vector_kernels.h"
#include "tests/random_values.h"

namespace limpid {
namespace {

constexpr int side = winograd_side, outputs = winograd_outputs, positions = winograd_positions;

TEST(Winograd, ATapInACornerIsAValueInACorner) {
  const WinogradKernel first = winograd_kernel({2, 0, 0, 0, 0, 0, 0, 0, 0});
  const WinogradKernel last = winograd_kernel({0, 0, 0, 0, 0, 0, 0, 0, 3});
  EXPECT_EQ(first.front(), 2);  // at 0 and 0 the polynomial is its first tap,
  EXPECT_EQ(last.back(), 3);    // at infinity its last
  for (int i = 0; i < side; ++i) {
    EXPECT_EQ(first[i * side + side - 1], 0);
    EXPECT_EQ(first[(side - 1) * side + i], 0);
    EXPECT_EQ(last[i], 0);
    EXPECT_EQ(last[i * side], 0);
  }
}

TEST(Winograd, TheGradientOfTheKernelIsItsTranspose) {
  for (int t = 0; t < 9; ++t) {
    WinogradTaps tap = {};
    tap[t] = 1;
    const WinogradKernel column = winograd_kernel(tap);
    for (int p = 0; p < positions; ++p) {
      std::array<WinogradLanes, positions> position = {};
      for (int lane = 0; lane < winograd_lanes; ++lane) position[p][lane] = float(lane);
      const auto gradient = winograd_kernel_gradient(position);
      for (int lane = 0; lane < winograd_lanes; ++lane) {
        EXPECT_NEAR(gradient[t][lane], float(lane) * column[p], 1e-6 * (lane + 1)) << t << ' ' << p;
      }
    }
  }
}

// The transforms of every instruction set, around products at each position, against the taps.
TEST(Winograd, SquaresAreConvolutions) {
  for (const VectorKernels* kernels : available_vector_kernels()) {
    SCOPED_TRACE(kernels->instruction_set);
    const int channels = 2 * kernels->lanes, stored = channels - 1;  // the last is not whole
    const std::vector<float> pixels = random_values(size_t(positions) * channels, 1);
    const std::vector<float> taps = random_values(9, 2), bias = random_values(channels, 3);
    WinogradTaps own;
    std::copy_n(taps.begin(), 9, own.begin());
    const WinogradKernel kernel = winograd_kernel(own);

    std::vector<const float*> from;
    for (int p = 0; p < positions; ++p) from.push_back(&pixels[size_t(p) * channels]);
    const size_t position = size_t(channels) + 5;
    std::vector<float> values(positions * position, NAN);
    kernels->winograd_pixels(from.data(), channels, values.data(), position);
    for (size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(std::isnan(values[i]), i % position >= size_t(channels));
      values[i] *= kernel[i / position];
    }
    std::vector<float> result(size_t(outputs) * outputs * channels, NAN);
    std::vector<float*> to;
    for (int i = 0; i < outputs * outputs; ++i) to.push_back(&result[size_t(i) * channels]);
    kernels->winograd_outputs(values.data(), position, bias.data(), stored, 0.25f, to.data());

    for (int i = 0; i < int(result.size()); ++i) {
      const int c = i % channels, y = i / channels / outputs, x = i / channels % outputs;
      if (c == stored) {
        ASSERT_TRUE(std::isnan(result[i]));
        continue;
      }
      double sum = bias[c];
      for (int t = 0; t < 9; ++t) {
        sum += double(taps[t]) * from[(y + t / 3) * side + x + t % 3][c];
      }
      ASSERT_NEAR(result[i], sum < 0 ? sum / 4 : sum, 4e-6) << y << ' ' << x << ' ' << c;
    }
  }
}

}  // namespace
}  // namespace limpid
