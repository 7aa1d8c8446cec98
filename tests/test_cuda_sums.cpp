// The sums that gradients end in, on the emulated GPU: more pictures than a block takes at once,
// more channels than one block has, parts that do not come out even.
#include <gtest/gtest.h>

#include "native/cuda/activation_gradient.h"
#include "native/cuda/emulation/emulation.h"
#include "native/cuda/filter_gradient.h"
#include "native/cuda/gradient_sum.h"
#include "tests/plain_convolution.h"

namespace limpid::cuda {
namespace {

constexpr double float_sums = 5e-6;

DeviceMemory uploaded(const std::vector<float>& values) {
  DeviceMemory memory(values.size() * sizeof(float));
  DeviceStream().upload(memory.at<float>(), values.data(), memory.bytes());
  return memory;
}

std::vector<float> downloaded(const DeviceMemory& memory) {
  std::vector<float> values(memory.bytes() / sizeof(float));
  DeviceStream().download(values.data(), memory.at<float>(), memory.bytes());
  return values;
}

TEST(CudaSums, ChannelsOfEveryNumberAndPicturesOfManyRounds) {
  constexpr int n = 45;
  for (const Shape shape : {Shape{7, 5, 3}, Shape{41, 25, 48}, Shape{3, 3, 300}}) {
    SCOPED_TRACE(shape.channels);
    const int stored = stored_channels(shape.channels);
    std::vector<float> values = random_values(n * stored_values(shape), 1);
    std::vector<float> outputs = random_values(values.size(), 2);
    std::vector<float> sums = random_values(size_t(shape.channels), 3);
    std::vector<double> expected(sums.begin(), sums.end()), gradients(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      if (int(i % stored) >= shape.channels) values[i] = outputs[i] = 0;
      gradients[i] = outputs[i] <= 0 ? values[i] * 0.25 : values[i];
      if (int(i % stored) < shape.channels) expected[i % stored] += gradients[i];
    }
    DeviceStream stream;
    const DeviceMemory gradient = uploaded(values), output = uploaded(outputs),
                       sum = uploaded(sums),
                       partial(channel_partial_floats(shape, n) * sizeof(float));
    run_activation_gradient<Precision::fp32>(stream, {.shape = shape,
                                                      .n = n,
                                                      .activation = Activation::leaky_relu,
                                                      .slope = 0.25f,
                                                      .output = output.at<const float>(),
                                                      .gradient = gradient.at<float>(),
                                                      .partial = partial.at<float>()});
    add_gradients(stream, n, {},
                  {.shape = shape,
                   .parts = channel_parts(shape),
                   .partial = partial.at<const float>(),
                   .gradient = sum.at<float>()});
    EXPECT_LE(relative_error(downloaded(gradient).data(), gradients), float_sums);
    EXPECT_LE(relative_error(downloaded(sum).data(), expected), float_sums);
  }
}

struct FilterCase {
  FilterSum sum;
  int k = 3;  // of the gradient
};

std::vector<FilterCase> filter_cases() {
  const Shape large{32, 32, 5}, small{4, 4, 3};
  const auto fine = [](Shape coarse, int stride, int channels) {
    return Shape{coarse.height * stride, coarse.width * stride, channels};
  };
  return {{{.connection = {large, fine(large, 1, 3), 3, 1, 1}}, 3},
          {{.connection = {large, fine(large, 2, 70), 3, 2, 1}, .transposed = true}, 3},
          {{.connection = {small, fine(small, 1, 12), 1, 1, 0}}, 1},
          {{.connection = {small, fine(small, 2, 40), 4, 2, 1}, .upsampled = true}, 3},
          {{.connection = {small, fine(small, 2, 9), 6, 2, 2}, .upsampled = true}, 5}};
}

// What a plan's upsampling makes of a tap: it is the sum of four of the partial sums.
double tap_sum(const FilterCase& of, const float* row, int tap, int stored, int channel) {
  const int side = of.sum.connection.kernel;
  if (!of.sum.upsampled) return row[tap * stored + channel];
  double sum = 0;
  for (int j = 0; j < 4; ++j) {
    const int y = of.k - 1 - tap / of.k + j / 2, x = of.k - 1 - tap % of.k + j % 2;
    sum += row[(y * side + x) * stored + channel];
  }
  return sum;
}

std::vector<double> expected_sums(const FilterCase& of, const std::vector<float>& partial, int n,
                                  const std::vector<float>& before) {
  const Connection& c = of.sum.connection;
  const FilterParts parts = filter_parts(c);
  const int taps = of.k * of.k, coarse = c.coarse.channels, fine = c.fine.channels;
  std::vector<double> sums(before.begin(), before.end());
  for (int row = 0; row < n * parts.of_picture * coarse; ++row) {
    for (int tap = 0; tap < taps; ++tap) {
      for (int f = 0; f < fine; ++f) {
        const int r = row % coarse, out = of.sum.transposed ? f : r, in = of.sum.transposed ? r : f;
        sums[(size_t(out) * taps + tap) * (of.sum.transposed ? coarse : fine) + in] +=
            tap_sum(of, &partial[size_t(row) * parts.columns], tap, stored_channels(fine), f);
      }
    }
  }
  return sums;
}

// The bias's sums, of 20 channels, go along.
TEST(CudaSums, LayersOfManyPicturesInOneCallOrInSeveral) {
  constexpr int n = 45;
  const Shape shape{24, 32, 20};
  const std::vector<float> channel_partial = random_values(channel_partial_floats(shape, n), 3);
  const DeviceMemory channels_from = uploaded(channel_partial);
  std::vector<double> expected_channels(size_t(shape.channels));
  for (size_t i = 0; i < channel_partial.size(); ++i) {
    const size_t channel = i % size_t(stored_channels(shape.channels));
    if (channel < expected_channels.size()) expected_channels[channel] += channel_partial[i];
  }
  for (const FilterCase& of : filter_cases()) {
    const Connection& c = of.sum.connection;
    SCOPED_TRACE(std::to_string(c.kernel) + ", " + std::to_string(c.fine.channels));
    const std::vector<float> partial = random_values(filter_partial_floats(c, n), 1);
    const std::vector<float> before =
        random_values(size_t(of.k) * of.k * c.coarse.channels * c.fine.channels, 2);
    const DeviceMemory from = uploaded(partial);
    DeviceStream stream;
    const auto sum_of_calls = [&](int pictures) {
      const DeviceMemory gradient = uploaded(before),
                         channels = uploaded(std::vector<float>(size_t(shape.channels)));
      for (int first = 0; first < n; first += pictures) {
        FilterSum sum = of.sum;
        sum.partial = from.at<const float>() + filter_partial_floats(c, first);
        sum.gradient = gradient.at<float>();
        add_gradients(
            stream, std::min(pictures, n - first), sum,
            {.shape = shape,
             .parts = channel_parts(shape),
             .partial = channels_from.at<const float>() + channel_partial_floats(shape, first),
             .gradient = channels.at<float>()});
      }
      return std::pair(downloaded(gradient), downloaded(channels));
    };
    const auto whole = sum_of_calls(n);
    EXPECT_LE(relative_error(whole.first.data(), expected_sums(of, partial, n, before)),
              float_sums);
    EXPECT_LE(relative_error(whole.second.data(), expected_channels), float_sums);
    EXPECT_EQ(sum_of_calls(1), whole);
    EXPECT_EQ(sum_of_calls(20), whole);
  }
}

}  // namespace
}  // namespace limpid::cuda
