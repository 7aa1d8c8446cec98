// The CUDA engine's kernels for convolutions to one or three channels, against their definition.
// What goes in is exact in bf16, and so are products: what differs is the order of float sums, and
// the rounding of what is stored.
#include "native/cuda/last_layer.h"

#include <gtest/gtest.h>

#include "native/cuda/eight.h"
#include "native/cuda/filter_gradient.h"
#include "native/cuda/gradient_sum.h"
#include "tests/cuda_convolution.h"

namespace limpid::cuda {
namespace {

// Pictures narrower and wider than a warp, a strip and a tile; channels past a slice, a warp and a
// block; both numbers of outputs.
std::vector<ConvolutionShape> last_layers() {
  constexpr Shape inputs[] = {{1, 1, 8},    {2, 3, 9},   {7, 33, 48},  {9, 31, 64}, {17, 5, 3},
                              {33, 70, 16}, {4, 300, 8}, {3, 34, 256}, {18, 2, 270}};
  std::vector<ConvolutionShape> shapes;
  for (const Shape& input : inputs) {
    for (int channels : {1, 3}) {
      shapes.push_back(convolution_of(false, 3, 1, input, channels));
      if (input.channels > 256 && channels == 3) continue;  // see AKernelFitsIntoABlockOfAnyGpu
      shapes.push_back(convolution_of(true, 4, 2, input, channels));
    }
  }
  return shapes;
}

// A kernel that is larger than a block's shared memory on the smallest of GPUs goes the way of
// other layers.
TEST(CudaLastLayer, AKernelFitsIntoABlockOfAnyGpu) {
  const auto suits = [](bool transposed, int channels) {
    const Trial trial(transposed ? convolution_of(true, 4, 2, {4, 4, channels}, 3)
                                 : convolution_of(false, 3, 1, {4, 4, channels}, 3));
    return is_last_layer(trial.connection, transposed);
  };
  EXPECT_TRUE(suits(true, 256));
  EXPECT_FALSE(suits(true, 257));
  EXPECT_TRUE(suits(false, 320));
  EXPECT_FALSE(suits(false, 321));
}

LastLayer layer_of(const Trial& trial) {
  return last_layer_of(trial.connection, trial.shape.transposed);
}

std::vector<float> output(const Trial& trial, bool wide) {
  DeviceStream stream;
  const Shape& shape = trial.shape.output;
  const DeviceMemory kernel = uploaded(trial.plain.kernel), bias = uploaded(trial.plain.bias);
  KernelPacking packing = trial.packing;
  packing.kernel = kernel.at<const float>();
  const DeviceMemory packed(packed_values(packing) * sizeof(Bf16));
  pack<Bf16>(stream, {.packing = packing, .kernel = packed.at<Bf16>()});
  const DeviceMemory input = stored<Bf16>(with_negative(trial.plain.input), trial.shape.input, 2);
  const DeviceMemory to(2 * stored_values(shape) * sizeof(float));
  run_last_layer(stream, {.layer = layer_of(trial),
                          .n = 2,
                          .source = input.at<const Bf16>(),
                          .kernel = packed.at<const Bf16>(),
                          .bias = bias.at<const float>(),
                          .activation = Activation::leaky_relu,
                          .slope = trial.shape.negative,
                          .destination = wide ? nullptr : to.at<Bf16>(),
                          .wide_destination = wide ? to.at<float>() : nullptr});
  // What is past the channels is zero.
  const Shape all{shape.height, shape.width, stored_channels(shape.channels)};
  const std::vector<float> values =
      wide ? floats_of<float>(to, all, 2) : floats_of<Bf16>(to, all, 2);
  std::vector<float> result;
  for (size_t i = 0; i < values.size(); ++i) {
    if (int(i % 8) < shape.channels) {
      result.push_back(values[i]);
    } else if (values[i] != 0) {
      ADD_FAILURE() << values[i] << " past the channels";
      break;
    }
  }
  return result;
}

// Of the input and of its negative, which differ in more than the sign by the bias.
std::vector<double> expected_output(const Trial& trial) {
  std::vector<double> expected = trial.plain.output();
  PlainConvolution negative = trial.plain;
  for (float& value : negative.input) value = -value;
  for (double value : negative.output()) expected.push_back(value);
  return expected;
}

TEST(CudaLastLayer, EveryShapeAgreesWithTheDefinition) {
  for (ConvolutionShape shape : last_layers()) {
    SCOPED_TRACE(text_of(shape));
    shape.negative = 0.25f;
    const Trial trial(shape);
    const std::vector<double> expected = expected_output(trial);
    EXPECT_LE(relative_error(output(trial, true).data(), expected), float_sums);
    EXPECT_LE(relative_error(output(trial, false).data(), expected), bf16_store);
  }
}

TEST(CudaLastLayer, GradientByInputAgreesWithTheDefinition) {
  for (const ConvolutionShape& shape : last_layers()) {
    SCOPED_TRACE(text_of(shape));
    const Trial trial(shape);
    const std::vector<float> before = exact(random_values(2 * shape.input.count(), 9));
    for (const bool add : {true, false}) {
      const std::vector<float> found = input_gradient_by<Bf16, Bf16>(
          trial, before,
          [&](DeviceStream& stream, const Bf16* gradient, const Bf16* kernel, Bf16* to) {
            run_last_layer_gradient(stream, {.layer = layer_of(trial),
                                             .n = 2,
                                             .gradient = gradient,
                                             .kernel = kernel,
                                             .destination = to,
                                             .add = add});
          });
      const std::vector<double> expected = add ? expected_input_gradient(trial, before)
                                               : with_negative(trial.plain.input_gradient());
      EXPECT_LE(relative_error(found.data(), expected), bf16_store) << add;
    }
  }
}

struct Bent {  // what comes of an activation that made the trial's input
  std::vector<float> gradient, sums;
  bool operator==(const Bent&) const = default;
};

Bent bent_gradient(const Trial& trial, Activation activation, const std::vector<float>& before) {
  const Shape& shape = trial.shape.input;
  const int parts = last_layer_gradient_parts(layer_of(trial));
  const DeviceMemory input = stored<Bf16>(with_negative(trial.plain.input), shape, 2);
  const DeviceMemory sums = uploaded(before);
  const DeviceMemory partial(2 * parts * stored_channels(shape.channels) * sizeof(float));
  Bent bent;
  bent.gradient = input_gradient_by<Bf16, Bf16>(
      trial, std::vector<float>(2 * shape.count()),
      [&](DeviceStream& stream, const Bf16* gradient, const Bf16* kernel, Bf16* to) {
        run_last_layer_gradient(stream, {.layer = layer_of(trial),
                                         .n = 2,
                                         .gradient = gradient,
                                         .kernel = kernel,
                                         .destination = to,
                                         .input = input.at<const Bf16>(),
                                         .activation = activation,
                                         .slope = 0.25f,
                                         .partial = partial.at<float>()});
        add_gradients(stream, 2, {},
                      {.shape = shape,
                       .parts = parts,
                       .partial = partial.at<const float>(),
                       .gradient = sums.at<float>()});
      });
  bent.sums.resize(before.size());
  DeviceStream().download(bent.sums.data(), sums.at<float>(), sums.bytes());
  return bent;
}

// In both orders of blocks, as sums are of what many of them leave.
TEST(CudaLastLayer, GradientBeforeTheActivationAgreesWithTheDefinition) {
  constexpr Activation activations[] = {Activation::relu, Activation::leaky_relu,
                                        Activation::sigmoid};
  int number = 0;
  for (const ConvolutionShape& shape : last_layers()) {
    const Activation activation = activations[number++ % 3];
    SCOPED_TRACE(text_of(shape) + ", activation " + std::to_string(int(activation)));
    const Trial trial(shape);
    const size_t channels = size_t(shape.input.channels);
    const std::vector<float> before = random_values(channels, 9);
    const std::vector<float> activated = with_negative(trial.plain.input);
    const std::vector<double> by_input = with_negative(trial.plain.input_gradient());
    std::vector<double> expected(by_input.size()), sums(before.begin(), before.end());
    for (size_t i = 0; i < expected.size(); ++i) {
      expected[i] = by_input[i] * activation_slope(activation, 0.25f, activated[i]);
      sums[i % channels] += expected[i];
    }
    const Bent bent = bent_gradient(trial, activation, before);
    EXPECT_LE(relative_error(bent.gradient.data(), expected), bf16_store);
    EXPECT_LE(relative_error(bent.sums.data(), sums), float_sums);
    emulation::set_order(emulation::Order::descending);
    EXPECT_EQ(bent_gradient(trial, activation, before), bent);
    emulation::set_order(emulation::Order::ascending);
  }
}

std::vector<float> kernel_gradient(const Trial& trial, const std::vector<float>& before) {
  return kernel_gradient_by<Bf16>(
      trial, before,
      [&](DeviceStream& stream, const Bf16* input, const Bf16* gradient, float* partial) {
        run_last_layer_filter(stream, {.layer = layer_of(trial),
                                       .n = 2,
                                       .input = input,
                                       .gradient = gradient,
                                       .partial = partial});
      });
}

// In both orders of blocks: none writes what is another's.
TEST(CudaLastLayer, GradientByKernelAgreesWithTheDefinition) {
  for (const ConvolutionShape& shape : last_layers()) {
    if (!shape.transposed) continue;
    SCOPED_TRACE(text_of(shape));
    const Trial trial(shape);
    const std::vector<float> before = random_values(trial.plain.kernel.size(), 9);
    const std::vector<float> result = kernel_gradient(trial, before);
    EXPECT_LE(relative_error(result.data(), expected_kernel_gradient(trial, before)), float_sums);
    emulation::set_order(emulation::Order::descending);
    EXPECT_EQ(kernel_gradient(trial, before), result);
    emulation::set_order(emulation::Order::ascending);
  }
}

}  // namespace
}  // namespace limpid::cuda
