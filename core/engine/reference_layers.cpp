#include "core/engine/reference_layers.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/engine/dropout.h"
#include "core/noise/philox.h"

namespace limpid {
namespace {

// Calls f(input pixel, output pixel, tap) for every two pixels that a tap of the layer connects. A
// conv's output and a transposed_conv's input is the coarse side: its pixel y meets pixels
// stride * y + k - pad of the fine side, which is zero outside its picture.
template <class F>
void for_each_tap(const LayerRun& run, F f) {
  const bool transposed = run.layer.kind == LayerKind::transposed_conv;
  const Shape coarse = transposed ? run.inputs[0]->shape : run.output->shape;
  const Shape fine = transposed ? run.output->shape : run.inputs[0]->shape;
  const int kernel = run.layer.kernel;
  const int stride = run.layer.stride;
  const int pad = pad_before(kernel, stride);
  for (int tap = 0; tap < kernel * kernel; ++tap) {
    for (int row = 0; row < run.output->n * coarse.height; ++row) {
      const int n = row / coarse.height;
      const int y = stride * (row % coarse.height) + tap / kernel - pad;
      if (y < 0 || y >= fine.height) continue;
      for (int col = 0; col < coarse.width; ++col) {
        const int x = stride * col + tap % kernel - pad;
        if (x < 0 || x >= fine.width) continue;
        const size_t at_coarse = size_t(row) * coarse.width + col;
        const size_t at_fine = (size_t(n) * fine.height + y) * fine.width + x;
        f(transposed ? at_coarse : at_fine, transposed ? at_fine : at_coarse, tap);
      }
    }
  }
}

void transpose_kernel(LayerRun& run) {
  const size_t in = run.inputs[0]->shape.channels;
  const size_t out = run.output->shape.channels;
  const size_t taps = run.layer.kernel * run.layer.kernel;
  for (size_t o = 0; o < out; ++o) {
    for (size_t j = 0; j < taps * in; ++j) {
      run.kernel_by_input[j * out + o] = run.tensors[0].data[o * taps * in + j];
    }
  }
}

void convolve(LayerRun& run) {
  const LayerValue& input = *run.inputs[0];
  LayerValue& output = *run.output;
  const int in = input.shape.channels;
  const int out = output.shape.channels;
  transpose_kernel(run);
  for (size_t p = 0; p < output.pixels(); ++p) {
    std::copy_n(run.tensors[1].data.begin(), out, output.data.begin() + p * out);
  }
  for_each_tap(run, [&](size_t from, size_t to, int tap) {
    const double* x = &input.data[from * in];
    double* y = &output.data[to * out];
    for (int i = 0; i < in; ++i) {
      if (x[i] == 0) continue;  // about half of them after a relu
      const double* w = &run.kernel_by_input[(size_t(tap) * in + i) * out];
      for (int o = 0; o < out; ++o) y[o] += x[i] * w[o];
    }
  });
}

void convolve_backward(LayerRun& run) {
  LayerValue& input = *run.inputs[0];
  const LayerValue& output = *run.output;
  LayerTensor& kernel = run.tensors[0];
  const int in = input.shape.channels;
  const int out = output.shape.channels;
  const int taps = run.layer.kernel * run.layer.kernel;
  for (size_t j = 0; j < output.count(); ++j) {
    run.tensors[1].gradient[j % out] += output.gradient[j];
  }
  for_each_tap(run, [&](size_t from, size_t to, int tap) {
    const double* x = &input.data[from * in];
    double* dx = &input.gradient[from * in];
    for (int o = 0; o < out; ++o) {
      const double dy = output.gradient[to * out + o];
      if (dy == 0) continue;
      const double* w = &kernel.data[(size_t(o) * taps + tap) * in];
      double* dw = &kernel.gradient[(size_t(o) * taps + tap) * in];
      for (int i = 0; i < in; ++i) {
        dx[i] += dy * w[i];
        dw[i] += dy * x[i];
      }
    }
  });
}

// Calls f(fine value, coarse value) for every value of the fine picture, the coarse one being
// `stride` times smaller: windows row by row, values of a window row by row.
template <class F>
void for_each_window_value(const LayerValue& fine, int stride, F f) {
  const Shape shape = fine.shape;
  for (int row = 0; row < fine.n * shape.height; ++row) {
    for (int col = 0; col < shape.width; ++col) {
      const size_t from = (size_t(row) * shape.width + col) * shape.channels;
      const size_t to =
          (size_t(row / stride) * (shape.width / stride) + col / stride) * shape.channels;
      for (int c = 0; c < shape.channels; ++c) f(from + c, to + c);
    }
  }
}

void max_pool(LayerRun& run) {
  const LayerValue& input = *run.inputs[0];
  LayerValue& output = *run.output;
  std::fill_n(output.data.begin(), output.count(), -INFINITY);
  for_each_window_value(input, run.layer.stride, [&](size_t from, size_t to) {
    output.data[to] = std::max(output.data[to], input.data[from]);
  });
}

// The first of the largest takes the gradient and leaves none for the others.
void max_pool_backward(LayerRun& run) {
  LayerValue& input = *run.inputs[0];
  LayerValue& output = *run.output;
  for_each_window_value(input, run.layer.stride, [&](size_t from, size_t to) {
    if (input.data[from] != output.data[to]) return;
    input.gradient[from] += output.gradient[to];
    output.gradient[to] = 0;
  });
}

void upsample(LayerRun& run) {
  for_each_window_value(*run.output, run.layer.stride, [&](size_t fine, size_t coarse) {
    run.output->data[fine] = run.inputs[0]->data[coarse];
  });
}

void upsample_backward(LayerRun& run) {
  for_each_window_value(*run.output, run.layer.stride, [&](size_t fine, size_t coarse) {
    run.inputs[0]->gradient[coarse] += run.output->gradient[fine];
  });
}

void add(LayerRun& run) {
  std::fill_n(run.output->data.begin(), run.output->count(), 0.0);
  for (const LayerValue* input : run.inputs) {
    for (size_t j = 0; j < input->count(); ++j) run.output->data[j] += input->data[j];
  }
}

void add_backward(LayerRun& run) {
  for (LayerValue* input : run.inputs) {
    for (size_t j = 0; j < input->count(); ++j) input->gradient[j] += run.output->gradient[j];
  }
}

// Calls f(input, index in it, index in the output) for every value.
template <class F>
void for_each_joined(const LayerRun& run, F f) {
  const int out = run.output->shape.channels;
  int first = 0;
  for (LayerValue* input : run.inputs) {
    const int in = input->shape.channels;
    for (size_t j = 0; j < input->count(); ++j) f(*input, j, j / in * out + first + j % in);
    first += in;
  }
}

void concat(LayerRun& run) {
  for_each_joined(run, [&](const LayerValue& input, size_t from, size_t to) {
    run.output->data[to] = input.data[from];
  });
}

void concat_backward(LayerRun& run) {
  for_each_joined(run, [&](LayerValue& input, size_t from, size_t to) {
    input.gradient[from] += run.output->gradient[to];
  });
}

struct ChannelStatistics {
  double mean = 0;
  double variance = 0;  // biased: divided by the number of values
};

ChannelStatistics statistics(const LayerValue& value, int channel) {
  const size_t step = value.shape.channels;
  const double count = double(value.pixels());
  ChannelStatistics result;
  for (size_t j = channel; j < value.count(); j += step) result.mean += value.data[j] / count;
  for (size_t j = channel; j < value.count(); j += step) {
    const double difference = value.data[j] - result.mean;
    result.variance += difference * difference / count;
  }
  return result;
}

void batch_norm(LayerRun& run, const Pass& pass) {
  const LayerValue& input = *run.inputs[0];
  const int channels = input.shape.channels;
  for (int c = 0; c < channels; ++c) {
    double& mean = run.tensors[2].data[c];
    double& variance = run.tensors[3].data[c];
    ChannelStatistics used{mean, variance};
    if (pass.training) {
      used = statistics(input, c);
      const double kept = batch_norm_momentum;
      mean = kept * mean + (1 - kept) * used.mean;
      variance = kept * variance + (1 - kept) * used.variance;
    }
    const double deviation = std::sqrt(used.variance + batch_norm_epsilon);
    for (size_t j = c; j < input.count(); j += channels) {
      const double normal = (input.data[j] - used.mean) / deviation;
      run.output->data[j] = run.tensors[0].data[c] * normal + run.tensors[1].data[c];
    }
  }
}

// Mean and deviation depend on the input too, which takes the parts of the gradient along a
// constant and along the normalized input away.
void batch_norm_backward(LayerRun& run) {
  LayerValue& input = *run.inputs[0];
  const std::vector<double>& dy = run.output->gradient;
  const int channels = input.shape.channels;
  const double count = double(input.pixels());
  for (int c = 0; c < channels; ++c) {
    const ChannelStatistics used = statistics(input, c);
    const double deviation = std::sqrt(used.variance + batch_norm_epsilon);
    const auto normal = [&](size_t j) { return (input.data[j] - used.mean) / deviation; };
    double along_constant = 0;
    double along_normal = 0;
    for (size_t j = c; j < input.count(); j += channels) {
      along_constant += dy[j];
      along_normal += dy[j] * normal(j);
    }
    run.tensors[0].gradient[c] += along_normal;
    run.tensors[1].gradient[c] += along_constant;
    const double scale = run.tensors[0].data[c] / deviation;
    for (size_t j = c; j < input.count(); j += channels) {
      input.gradient[j] +=
          scale * (dy[j] - along_constant / count - normal(j) * along_normal / count);
    }
  }
}

// Calls f(value, what it is multiplied with) for every value.
template <class F>
void for_each_dropout(const LayerRun& run, const TrainingPlace& place, F f) {
  const size_t count = run.output->shape.count();
  for (int n = 0; n < run.output->n; ++n) {
    const Sequence sequence = dropout_sequence(place, n);
    for (size_t j = 0; j < count; ++j) {
      const uint32_t bits = sequence.bits(run.dropout_position + uint32_t(j));
      f(n * count + j, double(dropout_factor(bits, run.layer.rate)));
    }
  }
}

void dropout(LayerRun& run, const Pass& pass) {
  std::copy_n(run.inputs[0]->data.begin(), run.output->count(), run.output->data.begin());
  if (!pass.training) return;
  for_each_dropout(run, pass.place,
                   [&](size_t j, double factor) { run.output->data[j] *= factor; });
}

void dropout_backward(LayerRun& run, const Pass& pass) {
  for_each_dropout(run, pass.place, [&](size_t j, double factor) {
    run.inputs[0]->gradient[j] += factor * run.output->gradient[j];
  });
}

// Compared so that a value that is not a number stays one.
double activate(const Layer& layer, double x) {
  switch (layer.activation) {
    case Activation::linear: return x;
    case Activation::relu: return x < 0 ? 0 : x;
    case Activation::leaky_relu: return x < 0 ? layer.slope * x : x;
    case Activation::sigmoid: return 1 / (1 + std::exp(-x));
  }
  assert(false);
  return 0;
}

// The activation's derivative where its value is y.
double activation_slope(const Layer& layer, double y) {
  switch (layer.activation) {
    case Activation::linear: return 1;
    case Activation::relu: return y <= 0 ? 0 : 1;
    case Activation::leaky_relu: return y <= 0 ? layer.slope : 1;
    case Activation::sigmoid: return y * (1 - y);
  }
  assert(false);
  return 0;
}

}  // namespace

void forward(LayerRun& run, const Pass& pass) {
  switch (run.layer.kind) {
    case LayerKind::conv:
    case LayerKind::transposed_conv: convolve(run); break;
    case LayerKind::max_pool: max_pool(run); break;
    case LayerKind::upsample: upsample(run); break;
    case LayerKind::add: add(run); break;
    case LayerKind::concat: concat(run); break;
    case LayerKind::batch_norm: batch_norm(run, pass); break;
    case LayerKind::dropout: dropout(run, pass); break;
  }
  for (size_t j = 0; j < run.output->count(); ++j) {
    run.output->data[j] = activate(run.layer, run.output->data[j]);
  }
}

void backward(LayerRun& run, const Pass& pass) {
  assert(pass.training);
  for (size_t j = 0; j < run.output->count(); ++j) {
    run.output->gradient[j] *= activation_slope(run.layer, run.output->data[j]);
  }
  switch (run.layer.kind) {
    case LayerKind::conv:
    case LayerKind::transposed_conv: convolve_backward(run); break;
    case LayerKind::max_pool: max_pool_backward(run); break;
    case LayerKind::upsample: upsample_backward(run); break;
    case LayerKind::add: add_backward(run); break;
    case LayerKind::concat: concat_backward(run); break;
    case LayerKind::batch_norm: batch_norm_backward(run); break;
    case LayerKind::dropout: dropout_backward(run, pass); break;
  }
}

}  // namespace limpid
