#include "native/cuda/first_layer_step.h"

#include "native/cuda/first_layer.h"
#include "native/cuda/packing.h"

namespace limpid::cuda {
namespace {

FirstLayer first_layer_of(const Step& step) {
  return {.input = step.input,
          .channels = step.output.channels,
          .side = step.kernel,
          .stride = step.stride,
          .activation = step.activation,
          .slope = step.slope,
          .pooled = step.pooled};
}

class FirstLayerStep : public GpuStep<Precision::bf16> {
  using Run = StepRun<Precision::bf16>;

 public:
  FirstLayerStep(const Step& step, const StepPlace& place)
      : step_(step),
        training_(place.purpose == Purpose::train),
        batch_(place.batch),
        layer_(first_layer_of(step)),
        packing_{.out = step.output.channels, .in = step.input.channels, .k = step.kernel} {}

  StepMemory memory() const override {
    StepMemory memory{.weights = bias_at() + size_t(layer_.channels) * sizeof(float),
                      .packing = PackingTable<Bf16>::bytes(packing_)};
    if (!training_) return memory;
    memory.backward = first_layer_partial_floats(layer_, batch_) * sizeof(float);
    memory.kept = step_.pooled ? size_t(batch_) * stored_values(step_.output) : 0;
    memory.keeps_input = true;
    memory.keeps_output = keeps_output(layer_);
    return memory;
  }

  void list_packing(const DeviceState& state, std::byte* memory,
                    std::vector<PackingJob<Bf16>>& jobs) override {
    kernel_ = reinterpret_cast<Bf16*>(memory);
    bias_ = reinterpret_cast<float*>(memory + bias_at());
    jobs.push_back(
        {.packing = with_weights(packing_, step_, state), .kernel = kernel_, .bias = bias_});
  }

  void forward(DeviceStream& stream, const DeviceState&, const Run& run) override {
    run_first_layer(
        stream,
        {.layer = layer_,
         .n = run.n,
         .source = run.inputs[0],
         .kernel = kernel_,
         .bias = bias_,
         .destination = run.output,
         .places = training_ && step_.pooled ? reinterpret_cast<uint8_t*>(run.kept) : nullptr});
  }

  void backward(DeviceStream& stream, const DeviceState& state, const Run& run) override {
    run_first_layer_gradient(stream, {.layer = layer_,
                                      .n = run.n,
                                      .source = run.inputs[0],
                                      .output = run.output,
                                      .gradient = run.output_gradient,
                                      .places = reinterpret_cast<const uint8_t*>(run.kept),
                                      .partial = reinterpret_cast<float*>(run.scratch),
                                      .kernel_gradient = state.gradient(step_.layer, 0),
                                      .bias_gradient = state.gradient(step_.layer, 1)});
  }

 private:
  size_t bias_at() const { return aligned_bytes(packed_values(packing_) * sizeof(Bf16)); }

  const Step step_;
  const bool training_;
  const int batch_;
  const FirstLayer layer_;
  const KernelPacking packing_;
  Bf16* kernel_ = nullptr;
  float* bias_ = nullptr;
};

}  // namespace

std::unique_ptr<GpuStep<Precision::bf16>> make_first_layer_step(const Step& step,
                                                                const StepPlace& place) {
  const bool last = step.layer + 1 == int(place.model->layers.size());  // floats are wanted of it
  const bool fits = step.kind == LayerKind::conv && !step.upsampled && !place.input_gradient &&
                    !last && is_first_layer(first_layer_of(step));
  return fits ? std::make_unique<FirstLayerStep>(step, place) : nullptr;
}

}  // namespace limpid::cuda
