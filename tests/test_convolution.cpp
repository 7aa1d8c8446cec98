#include "core/engine/convolution.h"

#include <gtest/gtest.h>

#include "tests/plain_convolution.h"

namespace limpid {
namespace {

// Sums of up to 72 x 36 products of float, each rounded: some 1e-6 of the largest.
constexpr double tolerance = 5e-6;

struct Result {
  std::vector<float> output;
  std::vector<uint8_t> winners;
};

Result run(Convolution& convolution, const ConvolutionShape& shape, const std::vector<float>& input,
           int threads) {
  ThreadPool pool(threads);
  const size_t count = shape.output.count() / (shape.pooled ? 4 : 1);
  Result result{std::vector<float>(count + buffer_slack, NAN), std::vector<uint8_t>(count)};
  const std::vector<float> padded = with_slack(input);
  std::vector<float> scratch(convolution.scratch_floats() + buffer_slack, NAN);
  convolution.run(pool, {.input = padded.data(),
                         .output = result.output.data(),
                         .winners = shape.pooled ? result.winners.data() : nullptr,
                         .scratch = scratch.data()});
  return result;
}

std::unique_ptr<Convolution> loaded(const ConvolutionShape& shape, const std::vector<float>& kernel,
                                    const std::vector<float>& bias) {
  ThreadPool pool(1);
  std::unique_ptr<Convolution> convolution = make_convolution(shape, 2);
  convolution->load(pool, kernel, bias);
  return convolution;
}

TEST(Convolution, EveryShapeAgreesWithTheDefinition) {
  for (ConvolutionShape shape : convolution_shapes()) {
    for (float negative : {1.0f, 0.0f, 0.1f}) {
      SCOPED_TRACE(text_of(shape) + ", negative " + std::to_string(negative));
      shape.negative = negative;
      const PlainConvolution plain(shape);
      const auto convolution = loaded(shape, plain.kernel, plain.bias);
      const Result result = run(*convolution, shape, plain.input, 1);
      EXPECT_LE(relative_error(result.output.data(), plain.output()), tolerance);
    }
  }
}

TEST(Convolution, GradientByInputIsAConvolution) {
  for (const ConvolutionShape& shape : convolution_shapes()) {
    SCOPED_TRACE(text_of(shape));
    const PlainConvolution plain(shape);
    const ConvolutionShape back = input_gradient_shape(shape);
    const std::vector<float> no_bias(plain.in());
    const auto convolution = loaded(back, input_gradient_kernel(plain.kernel, shape), no_bias);
    const Result result = run(*convolution, back, plain.output_gradient, 1);
    EXPECT_LE(relative_error(result.output.data(), plain.input_gradient()), tolerance);
  }
}

TEST(Convolution, PoolsWhatItComputes) {
  for (ConvolutionShape shape : convolution_shapes()) {
    if (shape.output.height % 2 != 0 || shape.output.width % 2 != 0) continue;
    SCOPED_TRACE(text_of(shape));
    const PlainConvolution plain(shape);
    const Result whole = run(*loaded(shape, plain.kernel, plain.bias), shape, plain.input, 1);
    shape.pooled = true;
    const Result pooled = run(*loaded(shape, plain.kernel, plain.bias), shape, plain.input, 2);
    const size_t c = plain.out(), row = size_t(shape.output.width) * c;
    for (size_t j = 0; j < pooled.winners.size(); ++j) {
      const size_t x = j / c % (row / c / 2), y = j / (row / 2);
      const size_t first = 2 * y * row + 2 * x * c + j % c;
      const float window[] = {whole.output[first], whole.output[first + c],
                              whole.output[first + row], whole.output[first + row + c]};
      ASSERT_EQ(pooled.output[j], *std::max_element(window, window + 4)) << j;
      ASSERT_EQ(pooled.winners[j], std::max_element(window, window + 4) - window) << j;
    }
  }
}

TEST(Convolution, ThreadsAndPlaceChangeNoBit) {
  // The same picture again inside a larger one, whole squares of winograd.h further: pixels whose
  // square sees no border are the same bits.
  for (ConvolutionShape shape : convolution_shapes()) {
    if (shape.input.height < 10) continue;
    SCOPED_TRACE(text_of(shape));
    const PlainConvolution plain(shape);
    const Result small = run(*loaded(shape, plain.kernel, plain.bias), shape, plain.input, 1);
    const Result threads = run(*loaded(shape, plain.kernel, plain.bias), shape, plain.input, 2);
    for (size_t j = 0; j < shape.output.count(); ++j) {
      ASSERT_EQ(small.output[j], threads.output[j]);
    }
    const int up = 4, left = 8;  // rows and pixels in front of it
    Shape large = shape.input;
    large.height += 4, large.width += 14;
    ConvolutionShape wide =
        convolution_of(shape.transposed, shape.kernel, shape.stride, large, int(plain.out()));
    std::vector<float> input = random_values(large.count(), 9);
    for (int y = 0; y < shape.input.height; ++y) {
      const size_t row = size_t(shape.input.width) * plain.in();
      std::copy_n(plain.input.begin() + y * row, row,
                  input.begin() + (size_t(y + up) * large.width + left) * plain.in());
    }
    const Result inside = run(*loaded(wide, plain.kernel, plain.bias), wide, input, 2);
    const auto scaled = [&](int pixels) {
      return shape.transposed ? pixels * shape.stride : pixels / shape.stride;
    };
    const int border = shape.transposed ? 8 : 4;
    for (int y = border; y < shape.output.height - border; ++y) {
      for (int x = border; x < shape.output.width - border; ++x) {
        const size_t here = (size_t(y) * shape.output.width + x) * plain.out();
        const size_t there =
            (size_t(y + scaled(up)) * wide.output.width + x + scaled(left)) * plain.out();
        for (size_t c = 0; c < plain.out(); ++c) {
          ASSERT_EQ(small.output[here + c], inside.output[there + c]) << y << " " << x;
        }
      }
    }
  }
}

TEST(Convolution, ValuesThatAreNoNumbersStayVisible) {
  for (const ConvolutionShape& shape :
       {convolution_of(false, 3, 1, {6, 6, 3}, 20), convolution_of(false, 3, 1, {6, 6, 20}, 40),
        convolution_of(true, 4, 2, {6, 6, 20}, 40)}) {
    ConvolutionShape rectified = shape;
    rectified.negative = 0;
    PlainConvolution plain(rectified);
    plain.input[3 * 6 * plain.in()] = NAN;
    const Result result =
        run(*loaded(rectified, plain.kernel, plain.bias), rectified, plain.input, 1);
    EXPECT_TRUE(std::any_of(result.output.begin(), result.output.end() - buffer_slack,
                            [](float value) { return std::isnan(value); }))
        << text_of(shape);
  }
}

}  // namespace
}  // namespace limpid
