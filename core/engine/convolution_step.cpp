#include <algorithm>

#include "core/engine/activation.h"
#include "core/engine/arena.h"
#include "core/engine/channel_sums.h"
#include "core/engine/convolution.h"
#include "core/engine/cpu_step.h"
#include "core/engine/cpu_tiles.h"
#include "core/engine/filter_gradient.h"
#include "core/engine/pooling.h"

namespace limpid {
namespace {

size_t padded_floats(size_t floats) { return floats + buffer_slack; }

// A convolution of either kind with bias, activation and pooling.
class ConvolutionStep : public CpuStep {
 public:
  ConvolutionStep(const Step& step, const StepPlace& place)
      : step_(step),
        model_(*place.model),
        training_(place.purpose == Purpose::train),
        tensor_(first_tensor(model_, step.layer)),
        shape_(convolution_shape(step, place)),
        convolution_(make_convolution(shape_, place.threads)) {
    if (!training_) return;
    filter_gradient_ = make_filter_gradient(shape_);
    bias_sums_.resize(size_t(shape_.output.channels));
    if (place.input_gradient) {
      input_gradient_ = make_convolution(input_gradient_shape(shape_), place.threads);
    }
  }

  StepMemory memory() const override {
    StepMemory memory{.forward_floats = convolution_->scratch_floats()};
    if (!training_) return memory;
    const size_t gradient = input_gradient_ ? input_gradient_->scratch_floats() : 0;
    memory.backward_floats = unpooled_floats() + folded_floats() +
                             std::max({filter_gradient_->scratch_floats(), gradient,
                                       2 * sum_scratch_doubles(shape_.output.channels)});
    memory.kept_floats = step_.pooled ? (step_.output.count() + 3) / 4 : 0;
    memory.keeps_input = true;
    memory.keeps_output = step_.activation != Activation::linear;
    return memory;
  }

  size_t weight_bytes() const override {
    return convolution_->memory_bytes() + (input_gradient_ ? input_gradient_->memory_bytes() : 0);
  }

  void load(ThreadPool& pool, const std::vector<Tensor>& weights) override {
    const StepWeights own = step_weights(model_, step_, weights);
    convolution_->load(pool, own.kernel, own.bias);
    if (!input_gradient_) return;
    const std::vector<float> no_bias(size_t(shape_.input.channels), 0.0f);
    input_gradient_->load(pool, input_gradient_kernel(own.kernel, shape_), no_bias);
  }

  void forward(ThreadPool& pool, const StepRun& run) override {
    convolution_->run(pool, {.input = run.inputs[0],
                             .output = run.output,
                             .winners = winners(run),
                             .scratch = run.scratch});
    if (step_.activation == Activation::sigmoid) {
      activate(pool, step_.activation, step_.slope, {run.output, step_.output.count()});
    }
  }

  void backward(ThreadPool& pool, const StepRun& run) override {
    const size_t count = step_.output.count();
    activation_gradient(pool, step_.activation, step_.slope, {run.output, count},
                        {run.output_gradient, count});
    add_bias_gradient(pool, run);
    const float* gradient = run.output_gradient;
    if (holds_unpooled()) {
      max_pool_gradient(pool, shape_.output, run.output_gradient, winners(run), run.scratch);
      gradient = run.scratch;
    }
    add_kernel_gradient(pool, run, gradient);
    if (!input_gradient_) return;
    input_gradient_->run(
        pool,
        {.input = gradient, .output = run.input_gradients[0], .scratch = rest_of_scratch(run)});
  }

 private:
  // The gradient of the values before the pooling is four times the one behind it: it is held where
  // the gradient by input needs it, and else made row by row.
  bool holds_unpooled() const { return step_.pooled && (input_gradient_ || shape_.transposed); }
  size_t unpooled_floats() const {
    return holds_unpooled() ? padded_floats(shape_.output.count()) : 0;
  }
  size_t folded_floats() const {
    if (!step_.upsampled) return 0;
    return padded_floats(size_t(shape_.output.channels) * shape_.kernel * shape_.kernel *
                         shape_.input.channels);
  }
  uint8_t* winners(const StepRun& run) const {
    return step_.pooled ? reinterpret_cast<uint8_t*>(run.kept) : nullptr;
  }
  float* rest_of_scratch(const StepRun& run) const {
    return run.scratch + unpooled_floats() + folded_floats();
  }

  // Pooling moves gradients but leaves their sum.
  void add_bias_gradient(ThreadPool& pool, const StepRun& run) {
    const size_t channels = bias_sums_.size();
    const float* gradient = run.output_gradient;
    double* partial = reinterpret_cast<double*>(run.scratch);
    channel_sums(
        pool, step_.output.count() / channels, int(channels),
        [&](size_t i, int) { return gradient[i]; }, bias_sums_.data(), partial);
    std::vector<float>& bias = run.state->gradients[tensor_ + 1].data;
    for (size_t c = 0; c < channels; ++c) bias[c] += float(bias_sums_[c]);
  }

  void add_kernel_gradient(ThreadPool& pool, const StepRun& run, const float* gradient) {
    std::vector<float>& kernel = run.state->gradients[tensor_].data;
    float* sum = kernel.data();
    if (step_.upsampled) {
      sum = run.scratch + unpooled_floats();
      std::fill(sum, sum + folded_floats(), 0.0f);
    }
    if (step_.pooled && !holds_unpooled()) {
      const GradientRows rows = [this, &run](int first, int count, float* to) {
        max_pool_gradient_rows(shape_.output, run.output_gradient, winners(run), first, count, to);
      };
      filter_gradient_->run_by_rows(pool, run.inputs[0], rows, sum, rest_of_scratch(run));
    } else {
      filter_gradient_->run(pool, run.inputs[0], gradient, sum, rest_of_scratch(run));
    }
    if (step_.upsampled) {
      add_unfolded({sum, folded_floats()}, shape_.output.channels, shape_.kernel - 1,
                   shape_.input.channels, kernel);
    }
  }

  const Step step_;
  const Model& model_;
  const bool training_;
  const int tensor_;
  const ConvolutionShape shape_;
  std::unique_ptr<Convolution> convolution_;
  std::unique_ptr<Convolution> input_gradient_;      // null: not asked for
  std::unique_ptr<FilterGradient> filter_gradient_;  // training
  std::vector<double> bias_sums_;
};

}  // namespace

ConvolutionShape convolution_shape(const Step& step, const StepPlace& place) {
  Shape output = step.output;
  if (step.pooled) output.height *= 2, output.width *= 2;
  return {.transposed = step.kind == LayerKind::transposed_conv,
          .input = step.input,
          .output = output,
          .kernel = step.kernel,
          .stride = step.stride,
          .pad = step.pad,
          .negative = negative_factor(step.activation, step.slope),
          .pooled = step.pooled,
          .squares = place.purpose == Purpose::train ||
                     place.picture.height <= deepest_squares * step.input.height};
}

std::unique_ptr<CpuStep> make_convolution_step(const Step& step, const StepPlace& place) {
  return std::make_unique<ConvolutionStep>(step, place);
}

}  // namespace limpid
