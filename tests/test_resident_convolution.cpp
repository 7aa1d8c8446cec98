// Convolutions whose kernel stays in a block's memory, against their definition.
#include "native/cuda/resident_convolution.h"

#include <gtest/gtest.h>

#include "tests/cuda_convolution.h"

namespace limpid::cuda {
namespace {

using Run = ConvolutionRun<Precision::bf16>;

// Whether it is run, and what comes of it.
struct Outcome {
  bool runs = false;
  std::vector<float> output;
};
Outcome outcome(const Trial& trial) {
  Outcome result;
  const DeviceMemory to(stored_values(trial.shape.output) * sizeof(Bf16));
  Run run;
  run.destination = to.at<Bf16>();
  convolve(trial, run, [&](DeviceStream& stream, const Run& whole) {
    result.runs = run_resident_convolution(stream, whole);
  });
  if (result.runs) result.output = floats_of<Bf16>(to, trial.shape.output, 1);
  return result;
}

void expect_definition(const ConvolutionShape& shape) {
  SCOPED_TRACE(text_of(shape));
  const Trial trial(shape);
  const Outcome made = outcome(trial);
  ASSERT_TRUE(made.runs);
  EXPECT_LE(relative_error(made.output.data(), trial.plain.output()), bf16_store);
}

TEST(ResidentConvolution, LeavesWhatDoesNotFitOrPay) {
  const auto runs = [](Shape input, int channels) {
    return outcome(Trial(convolution_of(false, 3, 1, input, channels))).runs;
  };
  EXPECT_TRUE(runs({18, 36, 64}, 128));
  EXPECT_FALSE(runs({18, 36, 64}, 32));
  EXPECT_FALSE(runs({8, 16, 64}, 128));   // one tile
  EXPECT_FALSE(runs({18, 36, 72}, 128));  // 2 rounds of 64 channels x 9 taps x 128 x 128 bytes
}

// Of 48, 64, 96 and 128 channels; the same for all tiles of a block, and others for some.
TEST(ResidentConvolution, EveryWidthAgreesWithTheDefinition) {
  constexpr int channels[][2] = {{48, 48}, {70, 64},  {24, 66}, {64, 90},
                                 {40, 97}, {64, 128}, {24, 300}};
  for (const auto order : {emulation::Order::ascending, emulation::Order::descending}) {
    emulation::set_order(order);
    for (const auto& [in, out] : channels) {
      expect_definition(convolution_of(false, 3, 1, {18, 36, in}, out));
    }
  }
  emulation::set_order(emulation::Order::ascending);
}

// Each phase has a kernel of its own; here a block makes one tile of each of several, or more.
TEST(ResidentConvolution, GoesFromKernelToKernel) {
  expect_definition(convolution_of(true, 4, 2, {2, 4, 24}, 256));
  expect_definition(convolution_of(true, 4, 2, {10, 34, 72}, 60));
  expect_definition(convolution_of(true, 4, 2, {24, 8, 40}, 256));
  expect_definition(convolution_of(true, 1, 2, {20, 40, 24}, 80));  // three phases have no tap
}

// Where a tile takes four patches.
TEST(ResidentConvolution, StepsOverPixels) {
  expect_definition(convolution_of(false, 3, 2, {36, 72, 40}, 100));
  expect_definition(convolution_of(false, 2, 2, {36, 72, 72}, 70));
}

}  // namespace
}  // namespace limpid::cuda
