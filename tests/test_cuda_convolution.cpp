// The CUDA engine's convolutions and their gradients on any GPU, in every precision, against their
// definition. test_warpgroup_convolution.cpp tries those that only Hopper has.
#include "native/cuda/convolution.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "tests/cuda_convolution.h"

namespace limpid::cuda {
namespace {

constexpr int without_warpgroups = 1;

template <class Type>
class CudaConvolution : public testing::Test {
 protected:
  void SetUp() override { use_device(without_warpgroups); }
  void TearDown() override { use_device(0); }
};

struct Fp32 : std::integral_constant<Precision, Precision::fp32> {};
struct Tf32 : std::integral_constant<Precision, Precision::tf32> {};
struct Bf16s : std::integral_constant<Precision, Precision::bf16> {};
using Precisions = testing::Types<Fp32, Tf32, Bf16s>;
TYPED_TEST_SUITE(CudaConvolution, Precisions);

TYPED_TEST(CudaConvolution, EveryShapeAgreesWithTheDefinition) {
  constexpr Precision precision = TypeParam::value;
  for (ConvolutionShape shape : convolution_shapes()) {
    for (float negative : {1.0f, 0.25f}) {
      SCOPED_TRACE(text_of(shape) + ", negative " + std::to_string(negative));
      shape.negative = negative;
      const Trial trial(shape);
      EXPECT_LE(relative_error(output<precision>(trial, true).data(), trial.plain.output()),
                float_sums);
      if (precision != Precision::bf16) continue;
      EXPECT_LE(relative_error(output<precision>(trial, false).data(), trial.plain.output()),
                bf16_store);
    }
  }
}

TYPED_TEST(CudaConvolution, GradientByInputAgreesWithTheDefinition) {
  constexpr Precision precision = TypeParam::value;
  for (const ConvolutionShape& shape : convolution_shapes()) {
    SCOPED_TRACE(text_of(shape));
    const Trial trial(shape);
    const std::vector<float> before = exact(random_values(2 * shape.input.count(), 9));
    EXPECT_LE(relative_error(input_gradient<precision>(trial, before, true).data(),
                             expected_input_gradient(trial, before)),
              float_sums);
  }
}

TYPED_TEST(CudaConvolution, GradientByKernelAgreesWithTheDefinition) {
  constexpr Precision precision = TypeParam::value;
  for (const ConvolutionShape& shape : convolution_shapes()) {
    SCOPED_TRACE(text_of(shape));
    const Trial trial(shape);
    const std::vector<float> before = random_values(trial.plain.kernel.size(), 9);
    EXPECT_LE(relative_error(kernel_gradient<precision>(trial, before).data(),
                             expected_kernel_gradient(trial, before)),
              float_sums);
  }
}

}  // namespace
}  // namespace limpid::cuda
