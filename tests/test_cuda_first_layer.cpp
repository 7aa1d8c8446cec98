// The first layer's kernels against their definition. Values are small whole numbers: every sum is
// exact, in whatever order, and many pixels of a pooling window are equal. Only a sigmoid rounds.
#include "native/cuda/first_layer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "native/cuda/eight.h"
#include "tests/cuda_values.h"
#include "tests/plain_convolution.h"

namespace limpid::cuda {
namespace {

constexpr double float_sums = 5e-6;
constexpr auto linear = Activation::linear, relu = Activation::relu, leaky = Activation::leaky_relu,
               sigmoid = Activation::sigmoid;

float to_bf16(float value) { return bits_to_float(uint32_t(round_to_bf16(value)) << 16); }

std::vector<float> whole_numbers(size_t count, uint32_t seed, float largest) {
  std::vector<float> values = random_values(count, seed);
  for (float& value : values) value = std::round(value * largest);
  return values;
}

std::vector<float> fractions(size_t count, uint32_t seed) {
  std::vector<float> values = random_values(count, seed);
  for (float& value : values) value = to_bf16(value);
  return values;
}

Shape output_of(const FirstLayer& layer) {
  Shape shape{layer.height(), layer.width(), layer.channels};
  if (layer.pooled) shape.height /= 2, shape.width /= 2;
  return shape;
}

// A layer with weights and pictures, and what its kernels make of them.
struct Trial {
  FirstLayer layer;
  int n = 2;
  std::vector<float> kernel, bias, input, gradient;  // State's; of all pictures
  std::vector<float> output;                         // of the kernels, from here on
  std::vector<uint8_t> places;
  std::vector<float> kernel_gradient, bias_gradient;  // which they add to

  explicit Trial(const FirstLayer& l)
      : layer(l),
        kernel(whole_numbers(size_t(l.channels) * l.side * l.side * l.input.channels, 1, 2)),
        bias(whole_numbers(size_t(l.channels), 2, 3)),
        input(whole_numbers(n * l.input.count(), 3, 2)),
        gradient(whole_numbers(n * output_of(l).count(), 4, 3)),
        kernel_gradient(whole_numbers(kernel.size(), 5, 9)),
        bias_gradient(whole_numbers(bias.size(), 6, 9)) {}

  void forward() {
    DeviceStream stream;
    const Shape shape = output_of(layer);
    const DeviceMemory weights = uploaded(kernel);
    const KernelPacking packing{.kernel = weights.at<const float>(),
                                .out = layer.channels,
                                .in = layer.input.channels,
                                .k = layer.side};
    const DeviceMemory packed(packed_values(packing) * sizeof(Bf16));
    pack<Bf16>(stream, {.packing = packing, .kernel = packed.at<Bf16>()});
    const DeviceMemory biases = uploaded(bias), pictures = stored<Bf16>(input, layer.input, n);
    const DeviceMemory to(n * stored_values(shape) * sizeof(Bf16)), won(n * stored_values(shape));
    stream.clear(won.at<void>(), won.bytes());
    run_first_layer(stream, {.layer = layer,
                             .n = n,
                             .source = pictures.at<const Bf16>(),
                             .kernel = packed.at<const Bf16>(),
                             .bias = biases.at<const float>(),
                             .destination = to.at<Bf16>(),
                             .places = layer.pooled ? won.at<uint8_t>() : nullptr});
    output = floats_of<Bf16>(to, shape, n);
    places.resize(won.bytes());
    stream.download(places.data(), won.at<void>(), won.bytes());
    expect_zeros_behind(to);
  }

  void expect_zeros_behind(const DeviceMemory& memory) const {
    std::vector<Bf16> values(memory.bytes() / sizeof(Bf16));
    DeviceStream().download(values.data(), memory.at<void>(), memory.bytes());
    const size_t stored = size_t(stored_channels(layer.channels));
    for (size_t i = 0; i < values.size(); ++i) {
      if (i % stored < size_t(layer.channels)) continue;
      ASSERT_EQ(values[i].bits, 0) << i;
    }
  }

  // In one call, or in one for each picture. `output` and `places` are there.
  void backward(bool together) {
    DeviceStream stream;
    const Shape shape = output_of(layer);
    const DeviceMemory pictures = stored<Bf16>(input, layer.input, n);
    const DeviceMemory outputs = stored<Bf16>(output, shape, n);
    const DeviceMemory gradients = stored<Bf16>(gradient, shape, n);
    DeviceMemory won(places.size());
    stream.upload(won.at<void>(), places.data(), won.bytes());
    const int at_once = together ? n : 1;
    const DeviceMemory partial(first_layer_partial_floats(layer, at_once) * sizeof(float));
    const DeviceMemory of_kernel = uploaded(kernel_gradient), of_bias = uploaded(bias_gradient);
    for (int first = 0; first < n; first += at_once) {
      const size_t at = size_t(first) * stored_values(shape);
      run_first_layer_gradient(
          stream, {.layer = layer,
                   .n = at_once,
                   .source = pictures.at<const Bf16>() + first * stored_values(layer.input),
                   .output = keeps_output(layer) ? outputs.at<const Bf16>() + at : nullptr,
                   .gradient = gradients.at<const Bf16>() + at,
                   .places = won.at<const uint8_t>() + at,
                   .partial = partial.at<float>(),
                   .kernel_gradient = of_kernel.at<float>(),
                   .bias_gradient = of_bias.at<float>()});
    }
    stream.download(kernel_gradient.data(), of_kernel.at<void>(), of_kernel.bytes());
    stream.download(bias_gradient.data(), of_bias.at<void>(), of_bias.bytes());
  }

  PlainConvolution definition(int picture) const {
    PlainConvolution plain(
        convolution_of(false, layer.side, layer.stride, layer.input, layer.channels));
    const size_t count = layer.input.count();
    plain.input.assign(input.begin() + picture * count, input.begin() + (picture + 1) * count);
    plain.kernel = kernel;
    plain.bias = bias;
    return plain;
  }

  // Calls f(place in the output, place before the pool of pixel j, j) for each picture's values.
  template <class F>
  void for_each_pixel(const F& f) const {
    const Shape shape = output_of(layer);
    for (size_t i = 0; i < shape.count(); ++i) {
      const size_t pixel = i / shape.channels, y = pixel / shape.width, x = pixel % shape.width;
      for (size_t j = 0; j < (layer.pooled ? 4 : 1); ++j) {
        const size_t of_y = layer.pooled ? 2 * y + j / 2 : y;
        const size_t of_x = layer.pooled ? 2 * x + j % 2 : x;
        f(i, (of_y * layer.width() + of_x) * shape.channels + i % shape.channels, j);
      }
    }
  }

  uint8_t place(int picture, size_t i) const {
    const Shape shape = output_of(layer);
    const size_t pixel = picture * shape.count() / shape.channels + i / shape.channels;
    return places[pixel * stored_channels(shape.channels) + i % shape.channels];
  }
};

void expect_forward(const Trial& trial) {
  const FirstLayer& layer = trial.layer;
  const Shape shape = output_of(layer);
  for (int picture = 0; picture < trial.n; ++picture) {
    const std::vector<double> sums = trial.definition(picture).output();
    std::vector<float> largest(shape.count());
    std::vector<size_t> first(shape.count());
    trial.for_each_pixel([&](size_t i, size_t from, size_t j) {
      const float value = activate(layer.activation, layer.slope, float(sums[from]));
      if (j > 0 && value <= largest[i]) return;
      largest[i] = value, first[i] = j;
    });
    for (size_t i = 0; i < largest.size(); ++i) {
      ASSERT_EQ(trial.output[picture * shape.count() + i], to_bf16(largest[i])) << i;
      if (!layer.pooled) continue;
      const bool rectified = layer.activation == relu && largest[i] == 0;
      ASSERT_EQ(trial.place(picture, i), rectified ? no_place : first[i] * place_step) << i;
    }
  }
}

void expect_backward(const Trial& trial, const Trial& before) {
  const FirstLayer& layer = trial.layer;
  const Shape shape = output_of(layer);
  std::vector<double> kernel(before.kernel_gradient.begin(), before.kernel_gradient.end());
  std::vector<double> bias(before.bias_gradient.begin(), before.bias_gradient.end());
  for (int picture = 0; picture < trial.n; ++picture) {
    PlainConvolution plain = trial.definition(picture);
    std::fill(plain.output_gradient.begin(), plain.output_gradient.end(), 0.0f);
    trial.for_each_pixel([&](size_t i, size_t to, size_t j) {
      if (layer.pooled && trial.place(picture, i) != j * place_step) return;
      const size_t at = picture * shape.count() + i;
      const float slope = activation_slope(layer.activation, layer.slope, trial.output[at]);
      plain.output_gradient[to] = to_bf16(trial.gradient[at] * slope);
      bias[i % shape.channels] += plain.output_gradient[to];
    });
    const std::vector<double> sums = plain.kernel_gradient();
    for (size_t i = 0; i < sums.size(); ++i) kernel[i] += sums[i];
  }
  const double tolerance = layer.activation == sigmoid ? float_sums : 0;
  EXPECT_LE(relative_error(trial.kernel_gradient.data(), kernel), tolerance);
  EXPECT_LE(relative_error(trial.bias_gradient.data(), bias), tolerance);
}

std::string text_of(const FirstLayer& layer) {
  return text_of(convolution_of(false, layer.side, layer.stride, layer.input, layer.channels)) +
         (layer.pooled ? ", pooled, " : ", ") + "activation " +
         std::to_string(int(layer.activation));
}

// Tiles of the kernels begun, full and passed; channels on both sides of what lanes, products and
// blocks have.
std::vector<FirstLayer> layers() {
  std::vector<FirstLayer> layers;
  const auto add_all = [&](bool pooled, int stride, int side) {
    const auto add = [&](int height, int width, int in, int out, Activation activation) {
      layers.push_back({.input = {height * stride, width * stride, in},
                        .channels = out,
                        .side = side,
                        .stride = stride,
                        .activation = activation,
                        .slope = activation == leaky ? 0.25f : 0,
                        .pooled = pooled});
    };
    for (const Activation activation : {linear, relu, leaky, sigmoid}) {
      add(6, 10, 3, 9, activation);
      add(2, 2, 1, 40, activation);
    }
    add(4, 18, 3, 256, relu);
    add(10, 6, stride == 1 ? 4 : 3, 48, relu);
    add(8, 4, 2, 65, sigmoid);
    add(68, 70, 1, 8, relu);
    add(34, 132, 3, 17, relu);
    if (!pooled) add(1, 1, 3, 5, relu), add(33, 65, 3, 8, leaky), add(5, 3, 1, 33, relu);
  };
  for (const int side : {3, 5}) {
    add_all(false, 1, side), add_all(true, 1, side), add_all(false, 2, side);
  }
  return layers;
}

// The first GPU has products of warpgroups, the second has not.
TEST(CudaFirstLayer, AgreesWithItsDefinition) {
  for (const int gpu : {0, 1}) {
    use_device(gpu);
    for (const FirstLayer& layer : layers()) {
      SCOPED_TRACE(text_of(layer) + " on GPU " + std::to_string(gpu));
      Trial trial(layer);
      trial.forward();
      expect_forward(trial);
      const Trial before = trial;
      trial.backward(true);
      expect_backward(trial, before);
    }
  }
  use_device(0);
}

TEST(CudaFirstLayer, PicturesOfACallChangeNoBit) {
  for (const auto& [stride, pooled] : {std::pair(1, false), {1, true}, {2, false}}) {
    Trial together({.input = {70, 130, 3},
                    .channels = 9,
                    .stride = stride,
                    .activation = relu,
                    .pooled = pooled});
    together.gradient = fractions(together.gradient.size(), 7);
    together.input = fractions(together.input.size(), 8);
    together.forward();
    Trial apart = together;
    together.backward(true);
    apart.backward(false);
    EXPECT_EQ(apart.kernel_gradient, together.kernel_gradient);
    EXPECT_EQ(apart.bias_gradient, together.bias_gradient);
  }
}

// What is no sum of three bf16 without rest: a bias reaches the output unrounded.
TEST(CudaFirstLayer, TheBiasIsAddedWhole) {
  Trial trial({.input = {2, 2, 1}, .channels = 8});
  std::fill(trial.input.begin(), trial.input.end(), -1.0f);
  std::fill(trial.kernel.begin(), trial.kernel.end(), 0.0f);
  for (int i = 0; i < 8; ++i) {
    trial.kernel[size_t(i) * 9 + 4] = 1;
    trial.bias[i] = 1 + float(i + 1) * 0x1p-23f;
  }
  trial.forward();
  for (int i = 0; i < 8; ++i) EXPECT_EQ(trial.output[i], float(i + 1) * 0x1p-23f);
}

}  // namespace
}  // namespace limpid::cuda
