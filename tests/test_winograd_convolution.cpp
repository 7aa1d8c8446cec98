#include "core/engine/winograd_convolution.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/plain_convolution.h"

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

std::vector<ConvolutionShape> shapes() {
  std::vector<ConvolutionShape> all;
  for (const bool transposed : {false, true}) {
    for (const Shape size : {Shape{1, 1, 0}, {3, 5, 0}, {4, 8, 0}, {6, 50, 0}, {17, 30, 0}}) {
      for (const auto& [in, out] : {std::pair(8, 8), {17, 9}, {9, 40}, {40, 72}, {64, 65}}) {
        const Shape input = {size.height, size.width, in};
        ConvolutionShape shape =
            convolution_of(transposed, transposed ? 4 : 3, transposed ? 2 : 1, input, out);
        for (const float negative : {1.0f, 0.0f, 0.1f}) {
          shape.negative = negative;
          all.push_back(shape);
        }
      }
    }
  }
  return all;
}

TEST(WinogradConvolution, AgreesWithTheDefinition) {
  for (const ConvolutionShape& shape : shapes()) {
    SCOPED_TRACE(text_of(shape));
    ASSERT_TRUE(winograd_suits(shape));
    const PlainConvolution plain(shape);
    const std::vector<float> output = computed(shape, plain, 1);
    EXPECT_LE(relative_error(output.data(), plain.output()), tolerance);
    EXPECT_EQ(computed(shape, plain, 2), output);
  }
}

TEST(WinogradConvolution, PoolsInOnePass) {
  for (ConvolutionShape shape : shapes()) {
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

TEST(WinogradConvolution, SuitsWhatItSpeedsUp) {
  const Shape size = {16, 16, 32};
  EXPECT_TRUE(winograd_suits(convolution_of(false, 3, 1, size, 32)));
  EXPECT_TRUE(winograd_suits(convolution_of(true, 4, 2, size, 32)));
  EXPECT_FALSE(winograd_suits(convolution_of(false, 3, 2, size, 32)));
  EXPECT_FALSE(winograd_suits(convolution_of(false, 5, 1, size, 32)));
  EXPECT_FALSE(winograd_suits(convolution_of(true, 2, 2, size, 32)));
  EXPECT_FALSE(winograd_suits(convolution_of(false, 3, 1, size, 3)));
  EXPECT_FALSE(winograd_suits(convolution_of(false, 3, 1, {16, 16, 3}, 32)));
  ConvolutionShape shape = convolution_of(false, 3, 1, size, 32);
  shape.squares = false;
  EXPECT_FALSE(winograd_suits(shape));
  shape = convolution_of(true, 4, 2, size, 32);
  shape.pooled = true;
  EXPECT_FALSE(winograd_suits(shape));
}

}  // namespace
}  // namespace limpid
