#include "core/engine/direct_convolution.h"

#include <gtest/gtest.h>

#include "tests/plain_convolution.h"

namespace limpid {
namespace {

constexpr double tolerance = 5e-6;  // sums of some hundred products of float

// A 3 x 3 convolution with zeros around it.
DirectShape direct_shape(const ConvolutionShape& shape) {
  DirectShape direct{.input = shape.input,
                     .step = shape.stride,
                     .run = shape.input.channels,
                     .rows = shape.output.height,
                     .cols = shape.output.width,
                     .channels = shape.output.channels,
                     .out_width = shape.output.width};
  for (int ky = 0; ky < shape.kernel; ++ky) {
    for (int kx = 0; kx < shape.kernel; ++kx) {
      direct.taps.push_back({ky - shape.pad, kx - shape.pad});
    }
  }
  return direct;
}

TEST(DirectConvolution, BlocksOfEveryWidth) {
  ThreadPool pool(2);
  // One more and one less than vectors of 4, 8 and 16, and what two and four of them hold.
  for (int channels : {1, 3, 4, 5, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 100, 130}) {
    ConvolutionShape shape = convolution_of(false, 3, 1, {4, 26, 6}, channels);
    shape.negative = 0.25f;
    SCOPED_TRACE(text_of(shape));
    const PlainConvolution plain(shape);
    DirectConvolution direct(direct_shape(shape));
    direct.load(plain.kernel, plain.bias);
    std::vector<float> output(shape.output.count() + buffer_slack, NAN);
    direct.run(pool, plain.input.data(), output.data(), shape.negative);
    EXPECT_LE(relative_error(output.data(), plain.output()), tolerance);
    EXPECT_TRUE(std::isnan(output[shape.output.count()]));
  }
}

TEST(DirectConvolution, PoolsInOnePass) {
  ThreadPool pool(2);
  for (int channels : {3, 40, 70}) {
    for (int width : {2, 24, 26, 50}) {  // the columns pooled at once are 24
      const ConvolutionShape shape = convolution_of(false, 3, 1, {6, width, 6}, channels);
      SCOPED_TRACE(text_of(shape));
      const PlainConvolution plain(shape);
      DirectConvolution direct(direct_shape(shape));
      direct.load(plain.kernel, plain.bias);
      const size_t count = shape.output.count(), c = size_t(channels), row = width * c;
      std::vector<float> whole(count), pooled(count / 4);
      std::vector<uint8_t> winners(count / 4);
      direct.run(pool, plain.input.data(), whole.data(), 0.5f);
      direct.run_pooled(pool, plain.input.data(), pooled.data(), winners.data(), 0.5f);
      for (size_t j = 0; j < pooled.size(); ++j) {
        const size_t first = j / (row / 2) * 2 * row + j % (row / 2) / c * 2 * c + j % c;
        const float window[] = {whole[first], whole[first + c], whole[first + row],
                                whole[first + row + c]};
        ASSERT_EQ(pooled[j], *std::max_element(window, window + 4));
        ASSERT_EQ(window[winners[j]], pooled[j]);
      }
    }
  }
}

TEST(DirectConvolution, StoresAPhaseOfALargerPicture) {
  ThreadPool pool(1);
  const ConvolutionShape shape = convolution_of(false, 1, 1, {3, 5, 2}, 2);
  const PlainConvolution plain(shape);
  DirectShape spread = direct_shape(shape);
  spread.out_step = 2, spread.out_y = 1, spread.out_x = 0, spread.out_width = 10;
  DirectConvolution direct(spread);
  direct.load(plain.kernel, plain.bias);
  std::vector<float> output(6 * 10 * 2, 7.0f);
  direct.run(pool, plain.input.data(), output.data(), 1);
  const std::vector<double> expected = plain.output();
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 10; ++x) {
      const bool ours = y % 2 == 1 && x % 2 == 0;
      for (int c = 0; c < 2; ++c) {
        const double value = ours ? expected[((y / 2) * 5 + x / 2) * 2 + c] : 7.0;
        EXPECT_NEAR(output[(y * 10 + x) * 2 + c], value, 1e-6) << y << " " << x;
      }
    }
  }
}

TEST(DirectConvolution, KnowsItsMemoryBeforeItIsLoaded) {
  const ConvolutionShape shape = convolution_of(false, 3, 1, {4, 4, 3}, 16);
  const PlainConvolution plain(shape);
  DirectConvolution direct(direct_shape(shape));
  const size_t before = direct.memory_bytes();
  direct.load(plain.kernel, plain.bias);
  EXPECT_EQ(direct.memory_bytes(), before);
  EXPECT_GE(before, (plain.kernel.size() + plain.bias.size()) * sizeof(float));
}

}  // namespace
}  // namespace limpid
