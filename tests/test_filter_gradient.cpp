#include "core/engine/filter_gradient.h"

#include <gtest/gtest.h>

#include "core/engine/direct_filter_gradient.h"
#include "core/model/model.h"
#include "tests/plain_convolution.h"

namespace limpid {
namespace {

// Sums over up to 20 x 68 pixels, each product rounded.
constexpr double tolerance = 1e-5;

// The one that is taken, and the one for every shape.
std::vector<std::unique_ptr<FilterGradient>> gradients_of(const ConvolutionShape& shape) {
  std::vector<std::unique_ptr<FilterGradient>> all;
  all.push_back(make_filter_gradient(shape));
  all.push_back(std::make_unique<DirectFilterGradient>(shape));
  return all;
}

// Adds to a sum of ones.
std::vector<float> run(const FilterGradient& gradient, const PlainConvolution& plain, int threads) {
  ThreadPool pool(threads);
  const std::vector<float> input = with_slack(plain.input);
  const std::vector<float> output_gradient = with_slack(plain.output_gradient);
  std::vector<float> sum(plain.kernel.size(), 1.0f), scratch(gradient.scratch_floats(), NAN);
  gradient.run(pool, input.data(), output_gradient.data(), sum.data(), scratch.data());
  return sum;
}

TEST(FilterGradient, EveryShapeAgreesWithTheDefinition) {
  for (const ConvolutionShape& shape : convolution_shapes()) {
    SCOPED_TRACE(text_of(shape));
    const PlainConvolution plain(shape);
    std::vector<double> expected = plain.kernel_gradient();
    for (double& value : expected) value += 1;
    for (const auto& gradient : gradients_of(shape)) {
      const std::vector<float> sum = run(*gradient, plain, 1);
      EXPECT_LE(relative_error(sum.data(), expected), tolerance);
    }
  }
}

TEST(FilterGradient, ThreadsChangeNoBit) {
  for (const ConvolutionShape& shape : convolution_shapes()) {
    const PlainConvolution plain(shape);
    for (const auto& gradient : gradients_of(shape)) {
      EXPECT_EQ(run(*gradient, plain, 2), run(*gradient, plain, 1)) << text_of(shape);
    }
  }
}

TEST(FilterGradient, RowByRowIsTheSameToTheBit) {
  for (const ConvolutionShape& shape : convolution_shapes()) {
    if (shape.transposed || shape.output.height % 2 != 0) continue;
    SCOPED_TRACE(text_of(shape));
    const PlainConvolution plain(shape);
    const size_t row = size_t(shape.output.width) * plain.out();
    const GradientRows rows = [&](int first, int count, float* to) {
      EXPECT_EQ(first % 2, 0);
      std::copy_n(plain.output_gradient.begin() + first * row, count * row, to);
    };
    ThreadPool pool(2);
    const std::vector<float> input = with_slack(plain.input);
    for (const auto& gradient : gradients_of(shape)) {
      std::vector<float> sum(plain.kernel.size(), 1.0f), scratch(gradient->scratch_floats(), NAN);
      gradient->run_by_rows(pool, input.data(), rows, sum.data(), scratch.data());
      EXPECT_EQ(sum, run(*gradient, plain, 1));
    }
  }
}

}  // namespace
}  // namespace limpid
