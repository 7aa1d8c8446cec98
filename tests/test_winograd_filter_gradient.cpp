#include "core/engine/winograd_filter_gradient.h"

#include <gtest/gtest.h>

#include "tests/winograd_shapes.h"

namespace limpid {
namespace {

constexpr double tolerance = 1e-5;  // as test_filter_gradient's, which has rows and threads too

TEST(WinogradFilterGradient, AgreesWithTheDefinition) {
  ThreadPool pool(2);
  std::vector<ConvolutionShape> shapes = winograd_shapes();
  shapes.push_back(convolution_of(false, 3, 1, {44, 70, 16}, 8));  // several strips
  shapes.push_back(convolution_of(true, 4, 2, {9, 150, 8}, 16));   // a row is several parts
  for (const ConvolutionShape& shape : shapes) {
    SCOPED_TRACE(text_of(shape));
    const PlainConvolution plain(shape);
    const WinogradFilterGradient gradient(shape);
    const std::vector<float> input = with_slack(plain.input);
    const std::vector<float> output_gradient = with_slack(plain.output_gradient);
    std::vector<float> sum(plain.kernel.size(), 1.0f), scratch(gradient.scratch_floats(), NAN);
    gradient.run(pool, input.data(), output_gradient.data(), sum.data(), scratch.data());
    std::vector<double> expected = plain.kernel_gradient();
    for (double& value : expected) value += 1;
    EXPECT_LE(relative_error(sum.data(), expected), tolerance);
  }
}

}  // namespace
}  // namespace limpid
