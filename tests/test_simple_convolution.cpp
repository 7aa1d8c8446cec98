#include "core/engine/simple_convolution.h"

#include <gtest/gtest.h>

#include "tests/plain_convolution.h"

namespace limpid {
namespace {

constexpr double tolerance = 5e-6;  // see test_convolution.cpp

TEST(SimpleConvolution, EveryShapeAgreesWithTheDefinition) {
  ThreadPool pool(2);
  for (ConvolutionShape shape : convolution_shapes()) {
    if (shape.transposed) continue;
    SCOPED_TRACE(text_of(shape));
    shape.negative = 0.1f;
    const PlainConvolution plain(shape);
    const std::unique_ptr<Convolution> convolution = make_simple_convolution(shape);
    convolution->load(pool, plain.kernel, plain.bias);
    EXPECT_EQ(convolution->scratch_floats(), 0u);
    const std::vector<float> input = with_slack(plain.input);
    std::vector<float> output(shape.output.count() + buffer_slack, NAN);
    convolution->run(pool, {.input = input.data(), .output = output.data()});
    EXPECT_LE(relative_error(output.data(), plain.output()), tolerance);
  }
}

}  // namespace
}  // namespace limpid
