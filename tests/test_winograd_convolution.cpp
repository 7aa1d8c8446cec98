#include "core/engine/winograd_convolution.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/winograd_shapes.h"

namespace limpid {
namespace {

constexpr double tolerance = 5e-6;  // as test_convolution's

std::vector<float> computed(const ConvolutionShape& shape, const PlainConvolution& plain,
                            int threads, std::vector<uint8_t>* winners = nullptr) {
  ThreadPool pool(threads);
  WinogradConvolution convolution(shape, threads);
  convolution.load(pool, plain.kernel, plain.bias);
  const size_t count = shape.output.count() / (shape.pooled ? 4 : 1);
  std::vector<float> output(count + buffer_slack, NAN);
  std::vector<float> scratch(convolution.scratch_floats() + buffer_slack, NAN);
  if (winners) winners->resize(count);
  convolution.run(pool, {.input = with_slack(plain.input).data(),
                         .output = output.data(),
                         .winners = winners ? winners->data() : nullptr,
                         .scratch = scratch.data()});
  EXPECT_TRUE(std::isnan(output[count]));
  output.resize(count);
  return output;
}

TEST(WinogradConvolution, AgreesWithTheDefinition) {
  for (const ConvolutionShape& shape : winograd_shapes()) {
    SCOPED_TRACE(text_of(shape));
    ASSERT_TRUE(winograd_suits(shape));
    const PlainConvolution plain(shape);
    const std::vector<float> output = computed(shape, plain, 1);
    EXPECT_LE(relative_error(output.data(), plain.output()), tolerance);
    EXPECT_EQ(computed(shape, plain, 2), output);
  }
}

TEST(WinogradConvolution, PoolsInOnePass) {
  for (ConvolutionShape shape : winograd_shapes()) {
    if (shape.transposed || shape.output.height % 2 != 0 || shape.output.width % 2 != 0) continue;
    SCOPED_TRACE(text_of(shape));
    const PlainConvolution plain(shape);
    const std::vector<float> whole = computed(shape, plain, 1);
    shape.pooled = true;
    std::vector<uint8_t> winners;
    const std::vector<float> pooled = computed(shape, plain, 2, &winners);
    const size_t c = plain.out(), row = shape.output.width * c;
    for (size_t j = 0; j < pooled.size(); ++j) {
      const size_t first = j / (row / 2) * 2 * row + j % (row / 2) / c * 2 * c + j % c;
      const float window[] = {whole[first], whole[first + c], whole[first + row],
                              whole[first + row + c]};
      ASSERT_EQ(pooled[j], *std::max_element(window, window + 4));
      ASSERT_EQ(winners[j], std::max_element(window, window + 4) - window);
    }
  }
}

}  // namespace
}  // namespace limpid
