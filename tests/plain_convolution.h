// Convolutions and their gradients as their definition says, in double: what the CPU engine's
// kernels are measured against.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "core/engine/arena.h"
#include "core/engine/convolution.h"
#include "core/model/model.h"
#include "tests/random_values.h"

namespace limpid {

// Values with the slack behind them that kernels may touch.
inline std::vector<float> with_slack(std::vector<float> values) {
  values.resize(values.size() + buffer_slack);
  return values;
}

// Calls f(input pixel, output pixel, tap) for every two pixels that a tap connects.
template <class F>
void for_each_tap(const ConvolutionShape& s, F f) {
  const Shape coarse = s.transposed ? s.input : s.output, fine = s.transposed ? s.output : s.input;
  for (int tap = 0; tap < s.kernel * s.kernel; ++tap) {
    for (int cy = 0; cy < coarse.height; ++cy) {
      for (int cx = 0; cx < coarse.width; ++cx) {
        const int y = s.stride * cy + tap / s.kernel - s.pad;
        const int x = s.stride * cx + tap % s.kernel - s.pad;
        if (y < 0 || y >= fine.height || x < 0 || x >= fine.width) continue;
        const size_t at_coarse = size_t(cy) * coarse.width + cx;
        const size_t at_fine = size_t(y) * fine.width + x;
        f(s.transposed ? at_coarse : at_fine, s.transposed ? at_fine : at_coarse, size_t(tap));
      }
    }
  }
}

struct PlainConvolution {
  ConvolutionShape shape;
  std::vector<float> input, kernel, bias, output_gradient;

  explicit PlainConvolution(const ConvolutionShape& s)
      : shape(s),
        input(random_values(s.input.count(), 1)),
        kernel(
            random_values(size_t(s.output.channels) * s.kernel * s.kernel * s.input.channels, 2)),
        bias(random_values(size_t(s.output.channels), 3)),
        output_gradient(random_values(s.output.count(), 4)) {}

  size_t in() const { return size_t(shape.input.channels); }
  size_t out() const { return size_t(shape.output.channels); }
  size_t weight(size_t o, size_t tap, size_t i) const {
    return (o * shape.kernel * shape.kernel + tap) * in() + i;
  }

  // Before any pooling.
  std::vector<double> output() const {
    std::vector<double> result(shape.output.count());
    for (size_t j = 0; j < result.size(); ++j) result[j] = bias[j % out()];
    for_each_tap(shape, [&](size_t from, size_t to, size_t tap) {
      for (size_t o = 0; o < out(); ++o) {
        for (size_t i = 0; i < in(); ++i) {
          result[to * out() + o] += double(input[from * in() + i]) * kernel[weight(o, tap, i)];
        }
      }
    });
    for (double& value : result) value = value < 0 ? value * shape.negative : value;
    return result;
  }

  std::vector<double> input_gradient() const {
    std::vector<double> result(shape.input.count());
    for_each_tap(shape, [&](size_t from, size_t to, size_t tap) {
      for (size_t o = 0; o < out(); ++o) {
        for (size_t i = 0; i < in(); ++i) {
          result[from * in() + i] +=
              double(output_gradient[to * out() + o]) * kernel[weight(o, tap, i)];
        }
      }
    });
    return result;
  }

  std::vector<double> kernel_gradient() const {
    std::vector<double> result(kernel.size());
    for_each_tap(shape, [&](size_t from, size_t to, size_t tap) {
      for (size_t o = 0; o < out(); ++o) {
        for (size_t i = 0; i < in(); ++i) {
          result[weight(o, tap, i)] +=
              double(output_gradient[to * out() + o]) * input[from * in() + i];
        }
      }
    });
    return result;
  }
};

// The largest difference, over the largest value.
inline double relative_error(const float* values, const std::vector<double>& expected) {
  double error = 0, largest = 1e-30;
  for (size_t j = 0; j < expected.size(); ++j) {
    if (std::isnan(values[j])) return INFINITY;
    error = std::max(error, std::abs(values[j] - expected[j]));
    largest = std::max(largest, std::abs(expected[j]));
  }
  return error / largest;
}

// A convolution as plan.h pads it, of an input of that size.
inline ConvolutionShape convolution_of(bool transposed, int kernel, int stride, Shape input,
                                       int channels) {
  ConvolutionShape shape{.transposed = transposed,
                         .input = input,
                         .output = input,
                         .kernel = kernel,
                         .stride = stride,
                         .pad = pad_before(kernel, stride)};
  shape.output.channels = channels;
  if (transposed) shape.output.height *= stride, shape.output.width *= stride;
  if (!transposed) shape.output.height /= stride, shape.output.width /= stride;
  return shape;
}

inline std::string text_of(const ConvolutionShape& s) {
  const auto size = [](const Shape& shape) {
    return std::to_string(shape.height) + " x " + std::to_string(shape.width) + " x " +
           std::to_string(shape.channels);
  };
  return std::string(s.transposed ? "transposed " : "") + std::to_string(s.kernel) + " x " +
         std::to_string(s.kernel) + " stride " + std::to_string(s.stride) + ", " + size(s.input) +
         " -> " + size(s.output);
}

// Every kind, with channels on both sides of the limits between kernels, and awkward sizes.
inline std::vector<ConvolutionShape> convolution_shapes() {
  std::vector<ConvolutionShape> shapes;
  constexpr Shape sizes[] = {{2, 2, 0}, {4, 6, 0}, {10, 34, 0}};
  constexpr int channels[][2] = {{1, 1}, {3, 5}, {3, 40}, {5, 3}, {17, 16}, {16, 33}, {40, 72}};
  for (Shape size : sizes) {
    for (const auto& [in, out] : channels) {
      size.channels = in;
      for (int kernel : {1, 3, 5}) {
        for (int stride : {1, 2}) {
          shapes.push_back(convolution_of(false, kernel, stride, size, out));
        }
      }
      for (int kernel : {2, 3, 4, 6}) shapes.push_back(convolution_of(true, kernel, 2, size, out));
    }
  }
  return shapes;
}

}  // namespace limpid
