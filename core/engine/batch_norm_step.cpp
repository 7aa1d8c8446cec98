#include <cmath>

#include "core/engine/activation.h"
#include "core/engine/channel_sums.h"
#include "core/engine/cpu_step.h"

namespace limpid {
namespace {

// Batch normalization as a step of its own: while training always, for denoising where no
// convolution before it takes it in.
class BatchNormStep : public CpuStep {
 public:
  BatchNormStep(const Step& step, const StepPlace& place)
      : step_(step),
        training_(place.purpose == Purpose::train),
        channels_(step.output.channels),
        tensor_(first_tensor(*place.model, step.layer)),
        mean_(channels_),
        deviation_(channels_),
        first_sums_(channels_),
        second_sums_(channels_),
        scale_(channels_),
        shift_(channels_),
        offset_(channels_) {}

  StepMemory memory() const override {
    if (!training_) return {};
    const size_t sums = 2 * sum_scratch_doubles(channels_);
    return {.forward_floats = sums,
            .backward_floats = sums,
            .keeps_input = true,
            .keeps_output = step_.activation != Activation::linear};
  }
  bool whole_batch() const override { return true; }

  void load(ThreadPool&, const std::vector<Tensor>& weights) override {
    if (training_) return;
    for (int c = 0; c < channels_; ++c) {
      mean_[c] = value(weights, 2, c);
      deviation_[c] = std::sqrt(value(weights, 3, c) + batch_norm_epsilon);
    }
    find_line(weights);
  }

  void forward(ThreadPool& pool, const StepRun& run) override {
    if (training_) {
      measure(pool, run);
      find_line(run.state->weights);
    }
    const float* x = run.inputs[0];
    float* y = run.output;
    for_each_value(pool, run,
                   [&](size_t i, int c) { y[i] = scale_[c] * (x[i] - shift_[c]) + offset_[c]; });
    activate(pool, step_.activation, step_.slope, {run.output, run.n * step_.output.count()});
  }

  // Mean and deviation depend on the input too, which takes the parts of the gradient along a
  // constant and along the normalized input away.
  void backward(ThreadPool& pool, const StepRun& run) override {
    const size_t count = run.n * step_.output.count();
    activation_gradient(pool, step_.activation, step_.slope, {run.output, count},
                        {run.output_gradient, count});
    const float* x = run.inputs[0];
    const float* dy = run.output_gradient;
    double* scratch = reinterpret_cast<double*>(run.scratch);
    channel_sums(
        pool, pixels(run), channels_, [&](size_t i, int) { return dy[i]; }, first_sums_.data(),
        scratch);
    channel_sums(
        pool, pixels(run), channels_,
        [&](size_t i, int c) { return dy[i] * (x[i] - mean_[c]) / deviation_[c]; },
        second_sums_.data(), scratch);
    std::vector<Tensor>& gradients = run.state->gradients;
    for (int c = 0; c < channels_; ++c) {
      gradients[tensor_].data[c] += float(second_sums_[c]);
      gradients[tensor_ + 1].data[c] += float(first_sums_[c]);
    }
    if (run.input_gradients[0]) fill_input_gradient(pool, run);
  }

 private:
  size_t pixels(const StepRun& run) const {
    return size_t(run.n) * step_.output.height * step_.output.width;
  }
  double value(const std::vector<Tensor>& weights, int tensor, int c) const {
    return double(weights[tensor_ + tensor].data[c]);
  }

  // Calls f(index, channel), the rows shared out to the threads.
  template <class F>
  void for_each_value(ThreadPool& pool, const StepRun& run, const F& f) const {
    const size_t width = size_t(step_.output.width);
    pool.run(size_t(run.n) * step_.output.height, [&](size_t row) {
      for (size_t p = row * width; p < (row + 1) * width; ++p) {
        for (int c = 0; c < channels_; ++c) f(p * channels_ + c, c);
      }
    });
  }

  // The batch's statistics; moves the running ones.
  void measure(ThreadPool& pool, const StepRun& run) {
    const float* x = run.inputs[0];
    const double count = double(pixels(run));
    double* scratch = reinterpret_cast<double*>(run.scratch);
    channel_sums(
        pool, pixels(run), channels_, [&](size_t i, int) { return x[i]; }, first_sums_.data(),
        scratch);
    for (int c = 0; c < channels_; ++c) mean_[c] = first_sums_[c] / count;
    channel_sums(
        pool, pixels(run), channels_,
        [&](size_t i, int c) { return (x[i] - mean_[c]) * (x[i] - mean_[c]); }, second_sums_.data(),
        scratch);
    std::vector<Tensor>& weights = run.state->weights;
    const double kept = batch_norm_momentum;
    for (int c = 0; c < channels_; ++c) {
      const double variance = second_sums_[c] / count;
      deviation_[c] = std::sqrt(variance + batch_norm_epsilon);
      weights[tensor_ + 2].data[c] = float(kept * value(weights, 2, c) + (1 - kept) * mean_[c]);
      weights[tensor_ + 3].data[c] = float(kept * value(weights, 3, c) + (1 - kept) * variance);
    }
  }

  // y = scale (x - shift) + offset.
  void find_line(const std::vector<Tensor>& weights) {
    for (int c = 0; c < channels_; ++c) {
      scale_[c] = float(value(weights, 0, c) / deviation_[c]);
      shift_[c] = float(mean_[c]);
      offset_[c] = weights[tensor_ + 1].data[c];
    }
  }

  void fill_input_gradient(ThreadPool& pool, const StepRun& run) {
    const double count = double(pixels(run));
    const float* x = run.inputs[0];
    const float* dy = run.output_gradient;
    float* dx = run.input_gradients[0];
    for (int c = 0; c < channels_; ++c) {
      first_sums_[c] /= count;
      second_sums_[c] /= count * deviation_[c];
    }
    for_each_value(pool, run, [&](size_t i, int c) {
      dx[i] = float(scale_[c] * (dy[i] - first_sums_[c] - (x[i] - mean_[c]) * second_sums_[c]));
    });
  }

  const Step step_;
  const bool training_;
  const int channels_, tensor_;
  std::vector<double> mean_, deviation_, first_sums_, second_sums_;
  std::vector<float> scale_, shift_, offset_;
};

}  // namespace

std::unique_ptr<CpuStep> make_batch_norm_step(const Step& step, const StepPlace& place) {
  return std::make_unique<BatchNormStep>(step, place);
}

}  // namespace limpid
