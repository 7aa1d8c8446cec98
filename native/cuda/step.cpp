#include "native/cuda/step.h"

#include <algorithm>
#include <cassert>

#include "core/engine/dropout.h"
#include "native/cuda/activation_gradient.h"
#include "native/cuda/batch_norm.h"
#include "native/cuda/dropout.h"
#include "native/cuda/joining.h"
#include "native/cuda/resampling.h"

namespace limpid::cuda {
namespace {

// Back through the activation alone.
template <Precision precision>
void pass_activation(DeviceStream& stream, const Step& step, const StepRun<precision>& run) {
  if (step.activation == Activation::linear) return;
  run_activation_gradient<precision>(stream, {.shape = step.output,
                                              .n = run.n,
                                              .activation = step.activation,
                                              .slope = step.slope,
                                              .output = run.output,
                                              .gradient = run.output_gradient});
}

// A max pool that follows no convolution, or one whose output others use too.
template <Precision precision>
class MaxPoolStep : public GpuStep<precision> {
  using Run = StepRun<precision>;

 public:
  MaxPoolStep(const Step& step, const StepPlace& place)
      : step_(step), training_(place.purpose == Purpose::train), batch_(size_t(place.batch)) {}

  StepMemory memory() const override {
    return {.kept = training_ ? batch_ * stored_values(step_.output) : 0};
  }
  void forward(DeviceStream& stream, const DeviceState&, const Run& run) override {
    max_pool(stream, step_.output, run.n, run.inputs[0], run.output,
             training_ ? reinterpret_cast<uint8_t*>(run.kept) : nullptr);
  }
  void backward(DeviceStream& stream, const DeviceState&, const Run& run) override {
    if (!run.input_gradients[0]) return;
    max_pool_gradient<Value<precision>>(
        stream, {step_.output, run.n, run.output_gradient, run.input_gradients[0], run.adds[0]},
        reinterpret_cast<const uint8_t*>(run.kept));
  }

 private:
  const Step step_;
  const bool training_;
  const size_t batch_;
};

template <Precision precision>
class UpsampleStep : public GpuStep<precision> {
  using Run = StepRun<precision>;

 public:
  explicit UpsampleStep(const Step& step) : step_(step) {}

  StepMemory memory() const override { return {}; }
  void forward(DeviceStream& stream, const DeviceState&, const Run& run) override {
    upsample(stream, step_.input, run.n, run.inputs[0], run.output);
  }
  void backward(DeviceStream& stream, const DeviceState&, const Run& run) override {
    if (!run.input_gradients[0]) return;
    upsample_gradient<Value<precision>>(
        stream, {step_.input, run.n, run.output_gradient, run.input_gradients[0], run.adds[0]});
  }

 private:
  const Step step_;
};

// add and concat.
template <Precision precision>
class JoiningStep : public GpuStep<precision> {
  using Number = Value<precision>;
  using Run = StepRun<precision>;

 public:
  JoiningStep(const Step& step, const StepPlace& place)
      : step_(step), channels_(place.input_channels) {}

  StepMemory memory() const override {
    return {.keeps_output = step_.activation != Activation::linear,
            .passes_gradient = is_linear_sum()};
  }
  bool writes_wide() const override { return is_linear_sum(); }

  void forward(DeviceStream& stream, const DeviceState&, const Run& run) override {
    JoiningRun<Number> joining{.shape = step_.output,
                               .n = run.n,
                               .count = int(channels_.size()),
                               .activation = step_.activation,
                               .slope = step_.slope,
                               .output = run.output,
                               .wide_output = run.wide_output};
    for (size_t j = 0; j < channels_.size(); ++j) {
      joining.inputs[j] = run.inputs[j];
      joining.channels[j] = channels_[j];
    }
    if (step_.kind == LayerKind::add) {
      add_values(stream, joining);
    } else {
      concatenate(stream, joining);
    }
  }

  void backward(DeviceStream& stream, const DeviceState&, const Run& run) override {
    JoiningGradient<Number> joining{.shape = step_.output,
                                    .n = run.n,
                                    .count = int(channels_.size()),
                                    .activation = step_.activation,
                                    .slope = step_.slope,
                                    .output = run.output,
                                    .output_gradient = run.output_gradient};
    for (size_t j = 0; j < channels_.size(); ++j) {
      joining.channels[j] = channels_[j];
      joining.input_gradients[j] = run.input_gradients[j];
      joining.adds[j] = run.adds[j];
    }
    if (std::ranges::count(run.input_gradients, nullptr) == int(channels_.size())) return;
    if (step_.kind == LayerKind::add) {
      add_values_gradient(stream, joining);
    } else {
      concatenate_gradient(stream, joining);
    }
  }

 private:
  bool is_linear_sum() const {
    return step_.kind == LayerKind::add && step_.activation == Activation::linear;
  }

  const Step step_;
  const std::vector<int> channels_;  // of each input
};

template <Precision precision>
class BatchNormStep : public GpuStep<precision> {
  using Number = Value<precision>;
  using Run = StepRun<precision>;

 public:
  BatchNormStep(const Step& step, const StepPlace& place)
      : step_(step), training_(place.purpose == Purpose::train), batch_(place.batch) {}

  StepMemory memory() const override {
    if (!training_) return {};
    const size_t partial = batch_norm_partial_doubles(step_.output, batch_) * sizeof(double);
    return {.forward = partial,
            .backward = partial,
            .kept = 2 * size_t(step_.output.channels) * sizeof(double),
            .keeps_input = true,
            .keeps_output = step_.activation != Activation::linear,
            .overwrites_gradient = step_.activation != Activation::linear};
  }

  void forward(DeviceStream& stream, const DeviceState& state, const Run& run) override {
    BatchNormRun<Number> norm = norm_run(state, run);
    norm.output = run.output;
    if (training_) {
      normalize_batch(stream, norm);
    } else {
      normalize(stream, norm);
    }
  }

  void backward(DeviceStream& stream, const DeviceState& state, const Run& run) override {
    pass_activation(stream, step_, run);
    BatchNormRun<Number> norm = norm_run(state, run);
    norm.output_gradient = run.output_gradient;
    norm.input_gradient = run.input_gradients[0];
    norm.add = run.adds[0];
    norm.gamma_gradient = state.gradient(step_.layer, 0);
    norm.beta_gradient = state.gradient(step_.layer, 1);
    normalize_gradient(stream, norm);
  }

 private:
  BatchNormRun<Number> norm_run(const DeviceState& state, const Run& run) const {
    BatchNormRun<Number> norm{.shape = step_.output,
                              .n = run.n,
                              .activation = step_.activation,
                              .slope = step_.slope,
                              .gamma = state.weight(step_.layer, 0),
                              .beta = state.weight(step_.layer, 1),
                              .mean = state.weight(step_.layer, 2),
                              .variance = state.weight(step_.layer, 3),
                              .input = run.inputs[0]};
    if (!training_) return norm;
    norm.kept = reinterpret_cast<double*>(run.kept);
    norm.partial = reinterpret_cast<double*>(run.scratch);
    return norm;
  }

  const Step step_;
  const bool training_;
  const int batch_;
};

// While training only: for denoising the plan leaves it out.
template <Precision precision>
class DropoutStep : public GpuStep<precision> {
  using Number = Value<precision>;
  using Run = StepRun<precision>;

 public:
  DropoutStep(const Step& step, const StepPlace& place)
      : step_(step),
        position_(uint32_t(dropout_position(*place.model, place.picture, step.layer))) {}

  StepMemory memory() const override { return {}; }
  void forward(DeviceStream& stream, const DeviceState&, const Run& run) override {
    multiply(stream, run, run.inputs[0], run.output, false);
  }
  void backward(DeviceStream& stream, const DeviceState&, const Run& run) override {
    if (!run.input_gradients[0]) return;
    multiply(stream, run, run.output_gradient, run.input_gradients[0], run.adds[0]);
  }

 private:
  void multiply(DeviceStream& stream, const Run& run, const Number* from, Number* to, bool add) {
    drop<Number>(stream, {.shape = step_.output,
                          .n = run.n,
                          .rate = step_.rate,
                          .position = position_,
                          .place = run.place,
                          .from = from,
                          .to = to,
                          .add = add});
  }

  const Step step_;
  const uint32_t position_;  // of its first value
};

}  // namespace

template <Precision precision>
std::unique_ptr<GpuStep<precision>> make_step(const Step& step, const StepPlace& place) {
  switch (step.kind) {
    case LayerKind::conv:
    case LayerKind::transposed_conv: return make_convolution_step<precision>(step, place);
    case LayerKind::max_pool: return std::make_unique<MaxPoolStep<precision>>(step, place);
    case LayerKind::upsample: return std::make_unique<UpsampleStep<precision>>(step);
    case LayerKind::add:
    case LayerKind::concat: return std::make_unique<JoiningStep<precision>>(step, place);
    case LayerKind::batch_norm: return std::make_unique<BatchNormStep<precision>>(step, place);
    case LayerKind::dropout: return std::make_unique<DropoutStep<precision>>(step, place);
  }
  assert(false);
  return nullptr;
}

template std::unique_ptr<GpuStep<Precision::fp32>> make_step(const Step&, const StepPlace&);
template std::unique_ptr<GpuStep<Precision::tf32>> make_step(const Step&, const StepPlace&);
template std::unique_ptr<GpuStep<Precision::bf16>> make_step(const Step&, const StepPlace&);

}  // namespace limpid::cuda
