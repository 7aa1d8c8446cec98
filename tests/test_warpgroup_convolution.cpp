// Convolutions by products of warpgroups, in tiles of every size, against their definition.
#include "native/cuda/warpgroup_convolution.h"

#include <gtest/gtest.h>

#include "tests/cuda_convolution.h"

namespace limpid::cuda {
namespace {

// Tiles of 32, 48, 64, 96 and 128 channels, also where few pixels ask for narrower ones; sides that
// end within a tile; depths that end within a round; a kernel too large to be resident.
std::vector<ConvolutionShape> shapes() {
  std::vector<ConvolutionShape> shapes;
  constexpr int channels[][2] = {{8, 17},   {17, 48}, {40, 60},  {24, 90},
                                 {64, 128}, {9, 256}, {72, 200}, {200, 72}};
  for (Shape size : {Shape{2, 4, 0}, Shape{10, 34, 0}}) {
    for (const auto& [in, out] : channels) {
      size.channels = in;
      for (const int stride : {1, 2}) shapes.push_back(convolution_of(false, 3, stride, size, out));
      shapes.push_back(convolution_of(true, 4, 2, size, out));
    }
  }
  return shapes;
}

TEST(WarpgroupConvolution, TakesOnlyWhatItCan) {
  ConvolutionRun<Precision::bf16> run;
  run.gather.destination = {4, 4, 17};
  Bf16 narrow;
  run.destination = &narrow;
  const DeviceStream stream;
  EXPECT_TRUE(suits_warpgroups(stream, run));
  run.activation = Activation::sigmoid;
  EXPECT_FALSE(suits_warpgroups(stream, run));
  run.activation = Activation::relu;
  run.gather.destination.channels = 16;
  EXPECT_FALSE(suits_warpgroups(stream, run));
  run.gather.destination.channels = 4096;
  EXPECT_TRUE(suits_warpgroups(stream, run));
  run.gather.destination.channels = 4097;
  EXPECT_FALSE(suits_warpgroups(stream, run));
  run.gather.destination.channels = 17;
  run.destination = nullptr;
  EXPECT_FALSE(suits_warpgroups(stream, run));
  use_device(1);
  run.destination = &narrow;
  EXPECT_FALSE(suits_warpgroups(DeviceStream(), run));
  use_device(0);
}

TEST(WarpgroupConvolution, EveryTileAgreesWithTheDefinition) {
  for (ConvolutionShape shape : shapes()) {
    for (const float negative : {1.0f, 0.25f, 0.0f}) {
      SCOPED_TRACE(text_of(shape) + ", negative " + std::to_string(negative));
      shape.negative = negative;
      const Trial trial(shape);
      EXPECT_LE(relative_error(output<Precision::bf16>(trial, false).data(), trial.plain.output()),
                bf16_store);
    }
  }
}

// Kernels of other sizes than shapes(), so that patches have other margins, and phases no tap at
// all, with the threads in either order.
TEST(WarpgroupConvolution, KernelsOfEverySizeAgreeWithTheDefinition) {
  for (const auto order : {emulation::Order::ascending, emulation::Order::descending}) {
    emulation::set_order(order);
    for (const int kernel : {1, 2, 5, 6}) {
      for (const int stride : {1, 2}) {
        for (const bool transposed : {false, true}) {
          const ConvolutionShape shape =
              convolution_of(transposed, kernel, stride, {10, 36, 72}, 40);
          SCOPED_TRACE(text_of(shape));
          const Trial trial(shape);
          EXPECT_LE(
              relative_error(output<Precision::bf16>(trial, false).data(), trial.plain.output()),
              bf16_store);
          const std::vector<float> before = exact(random_values(2 * shape.input.count(), 9));
          EXPECT_LE(relative_error(input_gradient<Precision::bf16>(trial, before, false).data(),
                                   expected_input_gradient(trial, before)),
                    bf16_store);
        }
      }
    }
  }
  emulation::set_order(emulation::Order::ascending);
}

TEST(WarpgroupConvolution, AddsToWhatIsThere) {
  for (const ConvolutionShape& shape : shapes()) {
    if (shape.input.channels <= 16) continue;
    SCOPED_TRACE(text_of(shape));
    const Trial trial(shape);
    const std::vector<float> before = exact(random_values(2 * shape.input.count(), 9));
    EXPECT_LE(relative_error(input_gradient<Precision::bf16>(trial, before, false).data(),
                             expected_input_gradient(trial, before)),
              bf16_store);
  }
}

// The pool of what comes without it, with the first of equal values, of which relu makes many.
TEST(WarpgroupConvolution, PoolsAndTellsTheWinners) {
  for (const int channels : {17, 48, 128, 256}) {
    for (const Shape size : {Shape{2, 2, 8}, Shape{10, 34, 8}}) {
      SCOPED_TRACE(std::to_string(channels) + " channels, " + std::to_string(size.width) + " wide");
      ConvolutionShape shape = convolution_of(false, 3, 1, size, channels);
      shape.negative = 0;
      const Trial trial(shape);
      const std::vector<float> whole = output<Precision::bf16>(trial, false);
      const Shape pooled{size.height / 2, size.width / 2, channels};
      const DeviceMemory values(stored_values(pooled) * sizeof(Bf16)),
          winners(stored_values(pooled));
      ConvolutionRun<Precision::bf16> run;
      run.pooled = true;
      run.winners = winners.at<uint8_t>();
      run.destination = values.at<Bf16>();
      convolve(trial, run);
      const std::vector<float> found = floats_of<Bf16>(values, pooled, 1);
      std::vector<uint8_t> won(stored_values(pooled));
      DeviceStream().download(won.data(), winners.at<uint8_t>(), won.size());
      for (int i = 0; i < pooled.height * pooled.width * channels; ++i) {
        const int c = i % channels, x = i / channels % pooled.width,
                  y = i / channels / pooled.width;
        int best = 0;
        const auto at = [&](int j) {
          return whole[(size_t(2 * y + j / 2) * size.width + 2 * x + j % 2) * channels + c];
        };
        for (int j = 1; j < 4; ++j) best = at(j) > at(best) ? j : best;
        ASSERT_EQ(found[i], at(best)) << i;
        const int winner = won[(size_t(y) * pooled.width + x) * stored_channels(channels) + c];
        ASSERT_EQ(at(winner), at(best)) << i;
        if (at(best) == 0) {
          ASSERT_EQ(winner, 0) << i;
        }
      }
    }
  }
}

}  // namespace
}  // namespace limpid::cuda
