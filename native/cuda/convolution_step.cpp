#include <algorithm>

#include "native/cuda/activation_gradient.h"
#include "native/cuda/convolution.h"
#include "native/cuda/filter_gradient.h"
#include "native/cuda/first_layer_step.h"
#include "native/cuda/gradient_sum.h"
#include "native/cuda/last_layer.h"
#include "native/cuda/packing.h"
#include "native/cuda/resampling.h"
#include "native/cuda/step.h"

namespace limpid::cuda {
namespace {

Shape unpooled(const Step& step) {
  Shape shape = step.output;
  if (step.pooled) shape.height *= 2, shape.width *= 2;
  return shape;
}

// A convolution of either kind with bias, activation and pooling.
template <Precision precision>
class ConvolutionStep : public GpuStep<precision> {
  using Number = Value<precision>;
  using Run = StepRun<precision>;

 public:
  ConvolutionStep(const Step& step, const StepPlace& place)
      : step_(step),
        training_(place.purpose == Purpose::train),
        input_gradient_(place.input_gradient),
        transposed_(step.kind == LayerKind::transposed_conv),
        full_(unpooled(step)),
        batch_(size_t(place.batch)),
        packing_{.out = step.output.channels,
                 .in = step.input.channels,
                 .k = step.upsampled ? step.kernel - 1 : step.kernel,
                 .upsampled = step.upsampled},
        connection_{.coarse = transposed_ ? step.input : full_,
                    .fine = transposed_ ? full_ : step.input,
                    .kernel = step.kernel,
                    .stride = step.stride,
                    .pad = step.pad} {}

  StepMemory memory() const override {
    StepMemory memory{.weights = turned_at(), .packing = PackingTable<Number>::bytes(packing_)};
    if (pools_apart()) memory.forward = batch_ * stored_values(full_) * sizeof(Number);
    if (!training_) return memory;
    if (input_gradient_) memory.weights += packed_turned_values(packing_) * sizeof(Number);
    memory.backward =
        channel_partial_at() + channel_partial_floats(step_.output, int(batch_)) * sizeof(float);
    memory.kept = step_.pooled ? batch_ * stored_values(step_.output) : 0;
    memory.keeps_input = true;
    memory.keeps_output = step_.activation != Activation::linear;
    memory.overwrites_gradient = memory.keeps_output && !step_.pooled;
    if (!step_.pooled) memory.end = {.activation = step_.activation, .slope = step_.slope};
    if (precision == Precision::bf16 && input_gradient_ && is_last()) {
      memory.passed_end_parts = last_layer_gradient_parts(last_layer_of(connection_, transposed_));
    }
    return memory;
  }

  bool writes_wide() const override { return !pools_apart(); }

  void list_packing(const DeviceState& state, std::byte* memory,
                    std::vector<PackingJob<Number>>& jobs) override {
    weights_ = memory;
    jobs.push_back({.packing = with_weights(packing_, step_, state),
                    .kernel = kernel(),
                    .turned = training_ && input_gradient_ ? turned_kernel() : nullptr,
                    .bias = bias()});
  }

  void forward(DeviceStream& stream, const DeviceState&, const Run& run) override {
    if constexpr (precision == Precision::bf16) {
      if (is_last()) return forward_last(stream, run);
    }
    Number* const full = reinterpret_cast<Number*>(run.scratch);
    uint8_t* const winners = training_ ? reinterpret_cast<uint8_t*>(run.kept) : nullptr;
    run_convolution<precision>(
        stream,
        {.gather = transposed_ ? gather_into_fine(connection_) : gather_into_coarse(connection_),
         .n = run.n,
         .source = run.inputs[0],
         .kernel = kernel(),
         .bias = bias(),
         .activation = step_.activation,
         .slope = step_.slope,
         .pooled = step_.pooled && !pools_apart(),
         .winners = step_.pooled && !pools_apart() ? winners : nullptr,
         .destination = pools_apart()     ? full
                        : run.wide_output ? nullptr
                                          : run.output,
         .wide_destination = pools_apart() ? nullptr : run.wide_output});
    if (pools_apart()) max_pool(stream, step_.output, run.n, full, run.output, winners);
  }

  void backward(DeviceStream& stream, const DeviceState& state, const Run& run) override {
    const bool is_passed = run.own_end.parts > 0;
    const bool changes_gradient = step_.pooled || step_.activation != Activation::linear;
    if (changes_gradient && !is_passed) pass_end(stream, run);
    const auto sum = [&] {
      if (!changes_gradient) pass_end(stream, run);  // only sums
      sum_gradients(stream, state, run);
    };
    if (!run.input_gradients[0]) return sum();
    stream.beside(sum);  // neither keeps a GPU busy to its end
    pass_gradient(stream, run);
    stream.join();
  }

 private:
  bool is_last() const { return !step_.pooled && is_last_layer(connection_, transposed_); }

  void forward_last(DeviceStream& stream, const Run& run) {
    run_last_layer(stream, {.layer = last_layer_of(connection_, transposed_),
                            .n = run.n,
                            .source = run.inputs[0],
                            .kernel = kernel(),
                            .bias = bias(),
                            .activation = step_.activation,
                            .slope = step_.slope,
                            .destination = run.wide_output ? nullptr : run.output,
                            .wide_destination = run.wide_output});
  }

  // Back through pool and activation, with the bias's partial sums.
  void pass_end(DeviceStream& stream, const Run& run) {
    run_activation_gradient<precision>(
        stream, {.shape = step_.output,
                 .n = run.n,
                 .activation = step_.activation,
                 .slope = step_.slope,
                 .output = run.output,
                 .wide_output = run.wide_output,
                 .gradient = run.output_gradient,
                 .winners = step_.pooled ? reinterpret_cast<const uint8_t*>(run.kept) : nullptr,
                 .unpooled = step_.pooled ? full_gradient(run) : nullptr,
                 .partial = channel_partial(run)});
  }

  // The gradient by the input.
  void pass_gradient(DeviceStream& stream, const Run& run) {
    if constexpr (precision == Precision::bf16) {
      if (is_last()) {
        const bool passes = run.input_end.parts > 0;
        return run_last_layer_gradient(stream, {.layer = last_layer_of(connection_, transposed_),
                                                .n = run.n,
                                                .gradient = full_gradient(run),
                                                .kernel = turned_kernel(),
                                                .destination = run.input_gradients[0],
                                                .add = run.adds[0],
                                                .input = passes ? run.inputs[0] : nullptr,
                                                .activation = run.input_end.end.activation,
                                                .slope = run.input_end.end.slope,
                                                .partial = run.input_end.partial});
      }
    }
    run_convolution<precision>(stream, {.gather = transposed_ ? gather_into_coarse(connection_)
                                                              : gather_into_fine(connection_),
                                        .n = run.n,
                                        .source = full_gradient(run),
                                        .kernel = turned_kernel(),
                                        .destination = run.input_gradients[0],
                                        .add = run.adds[0]});
  }

  // Those by kernel and bias.
  void sum_gradients(DeviceStream& stream, const DeviceState& state, const Run& run) {
    multiply_pixels(stream, run);
    const bool is_passed = run.own_end.parts > 0;
    add_gradients(stream, run.n,
                  {.connection = connection_,
                   .transposed = transposed_,
                   .upsampled = step_.upsampled,
                   .partial = filter_partial(run),
                   .gradient = state.gradient(step_.layer, 0)},
                  {.shape = step_.output,
                   .parts = is_passed ? run.own_end.parts : channel_parts(step_.output),
                   .partial = is_passed ? run.own_end.partial : channel_partial(run),
                   .gradient = state.gradient(step_.layer, 1)});
  }

  // Parts of the gradient by kernel.
  void multiply_pixels(DeviceStream& stream, const Run& run) {
    if constexpr (precision == Precision::bf16) {
      if (is_last() && transposed_) {
        return run_last_layer_filter(stream, {.layer = last_layer_of(connection_, transposed_),
                                              .n = run.n,
                                              .input = run.inputs[0],
                                              .gradient = full_gradient(run),
                                              .partial = filter_partial(run)});
      }
    }
    const Number* const full = full_gradient(run);
    run_filter_gradient<precision>(stream, {.connection = connection_,
                                            .n = run.n,
                                            .coarse = transposed_ ? run.inputs[0] : full,
                                            .fine = transposed_ ? full : run.inputs[0],
                                            .partial = filter_partial(run)});
  }

  // The windows of a pool are not among the pixels of one phase of a transposed convolution.
  bool pools_apart() const { return step_.pooled && connection_.stride > 1 && transposed_; }

  size_t bias_at() const { return aligned_bytes(packed_values(packing_) * sizeof(Number)); }
  size_t turned_at() const {
    return bias_at() + aligned_bytes(size_t(step_.output.channels) * sizeof(float));
  }
  size_t partial_at() const {  // of the backward scratch, behind the gradient before the pool
    return step_.pooled ? aligned_bytes(batch_ * stored_values(full_) * sizeof(Number)) : 0;
  }
  size_t channel_partial_at() const {
    return partial_at() +
           aligned_bytes(filter_partial_floats(connection_, int(batch_)) * sizeof(float));
  }
  // By the output before the pool, which backward finds or makes.
  Number* full_gradient(const Run& run) const {
    return step_.pooled ? reinterpret_cast<Number*>(run.scratch) : run.output_gradient;
  }
  float* filter_partial(const Run& run) const {
    return reinterpret_cast<float*>(run.scratch + partial_at());
  }
  float* channel_partial(const Run& run) const {
    return reinterpret_cast<float*>(run.scratch + channel_partial_at());
  }
  Number* kernel() const { return reinterpret_cast<Number*>(weights_); }
  float* bias() const { return reinterpret_cast<float*>(weights_ + bias_at()); }
  Number* turned_kernel() const { return reinterpret_cast<Number*>(weights_ + turned_at()); }

  const Step step_;
  const bool training_, input_gradient_, transposed_;
  const Shape full_;  // of the output before the pool
  const size_t batch_;
  const KernelPacking packing_;
  const Connection connection_;
  std::byte* weights_ = nullptr;
};

}  // namespace

KernelPacking with_weights(KernelPacking packing, const Step& step, const DeviceState& state) {
  packing.kernel = state.weight(step.layer, 0);
  packing.bias = state.weight(step.layer, 1);
  if (step.batch_norm >= 0) {
    packing.norm = {state.weight(step.batch_norm, 0), state.weight(step.batch_norm, 1),
                    state.weight(step.batch_norm, 2), state.weight(step.batch_norm, 3)};
  }
  return packing;
}

template <Precision precision>
std::unique_ptr<GpuStep<precision>> make_convolution_step(const Step& step,
                                                          const StepPlace& place) {
  if constexpr (precision == Precision::bf16) {
    if (auto first = make_first_layer_step(step, place)) return first;
  }
  return std::make_unique<ConvolutionStep<precision>>(step, place);
}

template std::unique_ptr<GpuStep<Precision::fp32>> make_convolution_step(const Step&,
                                                                         const StepPlace&);
template std::unique_ptr<GpuStep<Precision::tf32>> make_convolution_step(const Step&,
                                                                         const StepPlace&);
template std::unique_ptr<GpuStep<Precision::bf16>> make_convolution_step(const Step&,
                                                                         const StepPlace&);

}  // namespace limpid::cuda
