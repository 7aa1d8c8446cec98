// The CUDA engine's convolutions and their gradients, in every precision, against their definition.
// What goes in is exact in the precision tried, and so are products: what differs is the order of
// float sums, and bf16's rounding of what is stored. An index that is off shows at once.
#include "native/cuda/convolution.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "native/cuda/emulation/emulation.h"
#include "native/cuda/filter_gradient.h"
#include "native/cuda/packing.h"
#include "native/cuda/simt.h"
#include "tests/cuda_values.h"
#include "tests/plain_convolution.h"

namespace limpid::cuda {
namespace {

constexpr double float_sums = 5e-6;  // up to 72 x 36 products, each sum rounded to float
constexpr double bf16_store = 0x1p-8 + float_sums;  // half of the last of 8 bits

template <class Type>
class CudaConvolution : public testing::Test {};

struct Fp32 : std::integral_constant<Precision, Precision::fp32> {};
struct Tf32 : std::integral_constant<Precision, Precision::tf32> {};
struct Bf16s : std::integral_constant<Precision, Precision::bf16> {};
using Precisions = testing::Types<Fp32, Tf32, Bf16s>;
TYPED_TEST_SUITE(CudaConvolution, Precisions);

// To 8 bits, which every precision holds.
std::vector<float> exact(std::vector<float> values) {
  for (float& value : values) value = bits_to_float(uint32_t(round_to_bf16(value)) << 16);
  return values;
}

// Two pictures, the second the first's negative, so that a picture's place is seen.
std::vector<float> with_negative(std::vector<float> values) {
  const size_t count = values.size();
  for (size_t i = 0; i < count; ++i) values.push_back(-values[i]);
  return values;
}

struct Trial {
  explicit Trial(const ConvolutionShape& s) : shape(s), plain(s) {
    plain.input = exact(plain.input);
    plain.kernel = exact(plain.kernel);
    plain.output_gradient = exact(plain.output_gradient);
    connection = {.coarse = s.transposed ? s.input : s.output,
                  .fine = s.transposed ? s.output : s.input,
                  .kernel = s.kernel,
                  .stride = s.stride,
                  .pad = s.pad};
    packing.out = s.output.channels, packing.in = s.input.channels, packing.k = s.kernel;
  }
  ConvolutionShape shape;
  PlainConvolution plain;
  Connection connection;
  KernelPacking packing;
};

template <Precision precision>
std::vector<float> output(const Trial& trial, bool wide) {
  using T = Value<precision>;
  DeviceStream stream;
  const DeviceMemory kernel = uploaded(trial.plain.kernel), bias = uploaded(trial.plain.bias);
  KernelPacking packing = trial.packing;
  packing.kernel = kernel.at<const float>();
  const DeviceMemory packed(packed_values(packing) * sizeof(T));
  pack_kernel(stream, packing, packed.at<T>());
  const DeviceMemory input = stored<T>(trial.plain.input, trial.shape.input, 1);
  const DeviceMemory to(stored_values(trial.shape.output) * sizeof(float));
  const bool leaky = trial.shape.negative != 1;
  run_convolution<precision>(
      stream, {.gather = trial.shape.transposed ? gather_into_fine(trial.connection)
                                                : gather_into_coarse(trial.connection),
               .source = input.at<const T>(),
               .kernel = packed.at<const T>(),
               .bias = bias.at<const float>(),
               .activation = leaky ? Activation::leaky_relu : Activation::linear,
               .slope = trial.shape.negative,
               .destination = wide ? nullptr : to.at<T>(),
               .wide_destination = wide ? to.at<float>() : nullptr});
  return wide ? floats_of<float>(to, trial.shape.output, 1)
              : floats_of<T>(to, trial.shape.output, 1);
}

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
  using T = Value<precision>;
  for (const ConvolutionShape& shape : convolution_shapes()) {
    SCOPED_TRACE(text_of(shape));
    const Trial trial(shape);
    DeviceStream stream;
    const DeviceMemory kernel = uploaded(trial.plain.kernel);
    KernelPacking packing = trial.packing;
    packing.kernel = kernel.at<const float>();
    const DeviceMemory packed(packed_turned_values(packing) * sizeof(T));
    pack_turned_kernel(stream, packing, packed.at<T>());
    const DeviceMemory gradient =
        stored<T>(with_negative(trial.plain.output_gradient), shape.output, 2);
    const std::vector<float> before = exact(random_values(2 * shape.input.count(), 9));
    const DeviceMemory to = stored<float>(before, shape.input, 2);
    run_convolution<precision>(stream,
                               {.gather = shape.transposed ? gather_into_coarse(trial.connection)
                                                           : gather_into_fine(trial.connection),
                                .n = 2,
                                .source = gradient.at<const T>(),
                                .kernel = packed.at<const T>(),
                                .wide_destination = to.at<float>(),
                                .add = true});
    std::vector<double> expected = trial.plain.input_gradient();
    const size_t count = expected.size();
    for (size_t i = 0; i < count; ++i) expected.push_back(-expected[i]);
    for (size_t i = 0; i < expected.size(); ++i) expected[i] += before[i];
    EXPECT_LE(relative_error(floats_of<float>(to, shape.input, 2).data(), expected), float_sums);
  }
}

TYPED_TEST(CudaConvolution, GradientByKernelAgreesWithTheDefinition) {
  constexpr Precision precision = TypeParam::value;
  using T = Value<precision>;
  for (const ConvolutionShape& shape : convolution_shapes()) {
    SCOPED_TRACE(text_of(shape));
    const Trial trial(shape);
    DeviceStream stream;
    const DeviceMemory input = stored<T>(with_negative(trial.plain.input), shape.input, 2);
    std::vector<float> both = trial.plain.output_gradient;
    for (float value : trial.plain.output_gradient) both.push_back(-2 * value);
    const DeviceMemory gradient = stored<T>(both, shape.output, 2);
    const DeviceMemory partial(filter_partial_floats(trial.connection, 2) * sizeof(float));
    run_filter_gradient<precision>(
        stream, {.connection = trial.connection,
                 .n = 2,
                 .coarse = (shape.transposed ? input : gradient).template at<const T>(),
                 .fine = (shape.transposed ? gradient : input).template at<const T>(),
                 .partial = partial.at<float>()});
    const std::vector<float> before = random_values(trial.plain.kernel.size(), 9);
    const DeviceMemory sum = uploaded(before);
    add_filter_gradient(stream, {.connection = trial.connection,
                                 .n = 2,
                                 .transposed = shape.transposed,
                                 .partial = partial.at<const float>(),
                                 .gradient = sum.at<float>()});
    std::vector<float> result(before.size());
    stream.download(result.data(), sum.at<float>(), sum.bytes());
    std::vector<double> expected = trial.plain.kernel_gradient();
    for (size_t i = 0; i < expected.size(); ++i) expected[i] = 3 * expected[i] + before[i];
    EXPECT_LE(relative_error(result.data(), expected), float_sums);
  }
}

}  // namespace
}  // namespace limpid::cuda
