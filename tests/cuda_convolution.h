// Convolutions of the CUDA engine and their gradients on pictures whose values, like all products,
// are exact in the precision tried: what differs from the definition is the order of float sums,
// and bf16's rounding of what is stored. An index that is off shows at once.
#pragma once

#include <vector>

#include "native/cuda/convolution.h"
#include "native/cuda/filter_gradient.h"
#include "native/cuda/gradient_sum.h"
#include "native/cuda/packing.h"
#include "native/cuda/simt.h"
#include "tests/cuda_values.h"
#include "tests/plain_convolution.h"

namespace limpid::cuda {

constexpr double float_sums = 5e-6;  // up to 72 x 36 products, each sum rounded to float
constexpr double bf16_store = 0x1p-8 + float_sums;  // half of the last of 8 bits

// To 8 bits, which every precision holds.
inline std::vector<float> exact(std::vector<float> values) {
  for (float& value : values) value = bits_to_float(uint32_t(round_to_bf16(value)) << 16);
  return values;
}

// Two pictures, the second the first's negative, so that a picture's place is seen.
template <class T>
std::vector<T> with_negative(std::vector<T> values) {
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

// The trial's input convolved, with whatever else `run` asks for, by `convolution(stream, run)`.
template <Precision precision, class Convolution>
void convolve(const Trial& trial, ConvolutionRun<precision> run, const Convolution& convolution) {
  using T = Value<precision>;
  DeviceStream stream;
  const DeviceMemory kernel = uploaded(trial.plain.kernel), bias = uploaded(trial.plain.bias);
  KernelPacking packing = trial.packing;
  packing.kernel = kernel.at<const float>();
  const DeviceMemory packed(packed_values(packing) * sizeof(T));
  pack<T>(stream, {.packing = packing, .kernel = packed.at<T>()});
  const DeviceMemory input = stored<T>(trial.plain.input, trial.shape.input, 1);
  const float negative = trial.shape.negative;
  run.gather = trial.shape.transposed ? gather_into_fine(trial.connection)
                                      : gather_into_coarse(trial.connection);
  run.source = input.at<const T>();
  run.kernel = packed.at<const T>();
  run.bias = bias.at<const float>();
  run.activation = negative == 1   ? Activation::linear
                   : negative == 0 ? Activation::relu
                                   : Activation::leaky_relu;
  run.slope = negative;
  convolution(stream, run);
}
template <Precision precision>
void convolve(const Trial& trial, const ConvolutionRun<precision>& run) {
  convolve(trial, run, run_convolution<precision>);
}

template <Precision precision>
std::vector<float> output(const Trial& trial, bool wide) {
  using T = Value<precision>;
  const DeviceMemory to(stored_values(trial.shape.output) * sizeof(float));
  ConvolutionRun<precision> run;
  if (wide) run.wide_destination = to.at<float>();
  if (!wide) run.destination = to.at<T>();
  convolve(trial, run);
  return wide ? floats_of<float>(to, trial.shape.output, 1)
              : floats_of<T>(to, trial.shape.output, 1);
}

// What `run(stream, gradient, kernel, to)` makes of what is there: of two pictures, the second the
// first's negative.
template <class T, class Destination, class Run>
std::vector<float> input_gradient_by(const Trial& trial, const std::vector<float>& before,
                                     const Run& run) {
  DeviceStream stream;
  const DeviceMemory kernel = uploaded(trial.plain.kernel);
  KernelPacking packing = trial.packing;
  packing.kernel = kernel.at<const float>();
  const DeviceMemory packed(packed_turned_values(packing) * sizeof(T));
  pack<T>(stream, {.packing = packing, .turned = packed.at<T>()});
  const DeviceMemory gradient =
      stored<T>(with_negative(trial.plain.output_gradient), trial.shape.output, 2);
  const DeviceMemory to = stored<Destination>(before, trial.shape.input, 2);
  run(stream, gradient.at<const T>(), packed.at<const T>(), to.at<Destination>());
  return floats_of<Destination>(to, trial.shape.input, 2);
}

// Added to what is there. Bf16: stored narrow.
template <Precision precision>
std::vector<float> input_gradient(const Trial& trial, const std::vector<float>& before, bool wide) {
  using T = Value<precision>;
  ConvolutionRun<precision> run{.gather = trial.shape.transposed
                                              ? gather_into_coarse(trial.connection)
                                              : gather_into_fine(trial.connection),
                                .n = 2};
  run.add = true;
  const auto go = [&](DeviceStream& stream, const T* gradient, const T* kernel) {
    run.source = gradient;
    run.kernel = kernel;
    run_convolution<precision>(stream, run);
  };
  if (wide) {
    return input_gradient_by<T, float>(trial, before,
                                       [&](auto& stream, auto* g, auto* k, float* to) {
                                         run.wide_destination = to;
                                         go(stream, g, k);
                                       });
  }
  return input_gradient_by<T, T>(trial, before, [&](auto& stream, auto* g, auto* k, T* to) {
    run.destination = to;
    go(stream, g, k);
  });
}

inline std::vector<double> expected_input_gradient(const Trial& trial,
                                                   const std::vector<float>& before) {
  std::vector<double> expected = trial.plain.input_gradient();
  const size_t count = expected.size();
  for (size_t i = 0; i < count; ++i) expected.push_back(-expected[i]);
  for (size_t i = 0; i < expected.size(); ++i) expected[i] += before[i];
  return expected;
}

// Added to what is there, of two pictures that count three times the first; their parts are what
// `fill(stream, input, gradient, partial)` makes.
template <class T, class Fill>
std::vector<float> kernel_gradient_by(const Trial& trial, const std::vector<float>& before,
                                      const Fill& fill) {
  const ConvolutionShape& shape = trial.shape;
  DeviceStream stream;
  const DeviceMemory input = stored<T>(with_negative(trial.plain.input), shape.input, 2);
  std::vector<float> both = trial.plain.output_gradient;
  for (float value : trial.plain.output_gradient) both.push_back(-2 * value);
  const DeviceMemory gradient = stored<T>(both, shape.output, 2);
  const DeviceMemory partial(filter_partial_floats(trial.connection, 2) * sizeof(float));
  fill(stream, input.at<const T>(), gradient.at<const T>(), partial.at<float>());
  const DeviceMemory sum = uploaded(before);
  add_gradients(stream, 2,
                {.connection = trial.connection,
                 .transposed = shape.transposed,
                 .partial = partial.at<const float>(),
                 .gradient = sum.at<float>()},
                {});
  std::vector<float> result(before.size());
  stream.download(result.data(), sum.at<float>(), sum.bytes());
  return result;
}

template <Precision precision>
std::vector<float> kernel_gradient(const Trial& trial, const std::vector<float>& before) {
  using T = Value<precision>;
  const bool transposed = trial.shape.transposed;
  const auto fill = [&](DeviceStream& stream, const T* input, const T* gradient, float* partial) {
    run_filter_gradient<precision>(stream, {.connection = trial.connection,
                                            .n = 2,
                                            .coarse = transposed ? input : gradient,
                                            .fine = transposed ? gradient : input,
                                            .partial = partial});
  };
  return kernel_gradient_by<T>(trial, before, fill);
}

inline std::vector<double> expected_kernel_gradient(const Trial& trial,
                                                    const std::vector<float>& before) {
  std::vector<double> expected = trial.plain.kernel_gradient();
  for (size_t i = 0; i < expected.size(); ++i) expected[i] = 3 * expected[i] + before[i];
  return expected;
}

}  // namespace limpid::cuda
