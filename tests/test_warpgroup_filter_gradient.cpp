// Gradients by the kernel by products of warpgroups, in tiles of every size, against their
// definition.
#include "native/cuda/warpgroup_filter_gradient.h"

#include <gtest/gtest.h>

#include "tests/cuda_convolution.h"

namespace limpid::cuda {
namespace {

// Coarse channels within and past a tile of 64 and of 128, fine ones within and past 64; squares of
// one to three taps, of which some exist only in part; pixels that end within a round, and rounds
// that fill the ring again.
TEST(WarpgroupFilterGradient, EveryTileAgreesWithTheDefinition) {
  constexpr int channels[][2] = {{3, 5}, {16, 64}, {24, 65}, {3, 72}, {40, 129}, {72, 40}};
  for (Shape size : {Shape{2, 4, 0}, Shape{10, 34, 0}}) {
    for (const auto& [in, out] : channels) {
      size.channels = in;
      for (const ConvolutionShape& shape :
           {convolution_of(false, 3, 1, size, out), convolution_of(false, 3, 2, size, out),
            convolution_of(false, 5, 1, size, out), convolution_of(false, 5, 2, size, out),
            convolution_of(false, 1, 1, size, out),
            convolution_of(true, 2, 2, {size.height, size.width, out}, in),
            convolution_of(true, 3, 2, {size.height, size.width, out}, in),
            convolution_of(true, 4, 2, {size.height, size.width, out}, in),
            convolution_of(true, 6, 2, {size.height, size.width, out}, in)}) {
        SCOPED_TRACE(text_of(shape));
        const Trial trial(shape);
        const std::vector<float> before = random_values(trial.plain.kernel.size(), 9);
        EXPECT_LE(relative_error(kernel_gradient<Precision::bf16>(trial, before).data(),
                                 expected_kernel_gradient(trial, before)),
                  float_sums);
      }
    }
  }
}

}  // namespace
}  // namespace limpid::cuda
