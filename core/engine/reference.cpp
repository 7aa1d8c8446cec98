#include "core/engine/reference.h"

#include <algorithm>
#include <cassert>

#include "core/engine/dropout.h"
#include "core/engine/limits.h"
#include "core/engine/loss.h"
#include "core/engine/network_state.h"
#include "core/engine/reference_layers.h"

namespace limpid {
namespace {

Shape picture_shape(const Model& model, const Limits& limits) {
  return {limits.height, limits.width, model.channels};
}

// State's floats, their doubles, LayerRun's second kernel, and every layer's values.
size_t needed_bytes(const Model& model, const Limits& limits) {
  size_t weights = 0;
  for (const Parameter& parameter : parameters(model)) weights += parameter.count();
  const Shape input = picture_shape(model, limits);
  size_t values = input.count();
  for (const Shape& shape : output_shapes(model, input)) values += shape.count();
  if (!limits.training) {
    return weights * (sizeof(float) + 2 * sizeof(double)) + values * sizeof(double);
  }
  return weights * (5 * sizeof(float) + 3 * sizeof(double)) +
         values * limits.batch * 2 * sizeof(double);
}

class ReferenceNetwork : public Network {
 public:
  ReferenceNetwork(const Model& model, const Limits& limits)
      : model_(model),
        limits_(limits),
        parameters_(parameters(model)),
        values_(model.layers.size() + 1),
        tensors_(parameters_.size()),
        runs_(model.layers.size()) {
    make_values();
    make_tensors();
    make_runs();
  }

  void denoise(ConstBatch noisy, Batch restored) override {
    assert(noisy.shape == values_[0].shape && restored.shape == values_.back().shape);
    assert(noisy.n == restored.n);
    for (int i = 0; i < noisy.n; ++i) {
      run_forward({1, noisy.shape, noisy.picture(i)}, {});
      const std::span<float> picture = restored.picture(i);
      std::copy_n(values_.back().data.begin(), picture.size(), picture.begin());
    }
  }

  double accumulate(ConstBatch noisy, ConstBatch clean, const TrainingPlace& place) override {
    assert(limits_.training && noisy.n <= limits_.batch && noisy.n == clean.n);
    assert(noisy.shape == values_[0].shape && clean.shape == noisy.shape);
    const Pass pass{.training = true, .place = place};
    run_forward(noisy, pass);
    for (LayerValue& value : values_) std::fill(value.gradient.begin(), value.gradient.end(), 0);
    LayerValue& output = values_.back();
    double sum = 0;
    for (int i = 0; i < clean.n; ++i) {
      const size_t count = clean.shape.count();
      const std::span<const double> restored(&output.data[i * count], count);
      sum += loss_gradient(limits_.loss, restored, clean.picture(i),
                           std::span(&output.gradient[i * count], count));
    }
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) backward(*run, pass);
    round_to_state();
    return sum;
  }

  void update(const UpdateStep& step) override {
    assert(limits_.training);
    update_state(state_, step, parameters_);
    take_from_state();
  }

  State read() const override { return state_; }

  void write(const State& state) override {
    write_state(state_, state, model_, limits_.training);
    take_from_state();
  }

  size_t memory_bytes() const override { return needed_bytes(model_, limits_); }

 private:
  void make_values() {
    const Shape input = picture_shape(model_, limits_);
    const std::vector<Shape> shapes = output_shapes(model_, input);
    for (size_t i = 0; i < values_.size(); ++i) {
      LayerValue& value = values_[i];
      value.shape = i == 0 ? input : shapes[i - 1];
      value.data.resize(value.shape.count() * (limits_.training ? limits_.batch : 1));
      if (limits_.training) value.gradient.resize(value.data.size());
    }
  }

  void make_tensors() {
    state_ = zero_state(model_, limits_.training);
    for (size_t i = 0; i < tensors_.size(); ++i) {
      tensors_[i].data.resize(parameters_[i].count());
      if (limits_.training) tensors_[i].gradient.resize(parameters_[i].count());
    }
  }

  void make_runs() {
    size_t first = 0;
    for (size_t i = 0; i < runs_.size(); ++i) {
      LayerRun& run = runs_[i];
      run.layer = model_.layers[i];
      for (int j : inputs_of(model_, int(i))) run.inputs.push_back(&values_[j + 1]);
      run.output = &values_[i + 1];
      const size_t count = parameters_of(run.layer, run.inputs[0]->shape.channels).size();
      run.tensors = std::span(tensors_).subspan(first, count);
      first += count;
      if (run.layer.kind == LayerKind::conv || run.layer.kind == LayerKind::transposed_conv) {
        run.kernel_by_input.resize(run.tensors[0].data.size());
      }
      run.dropout_position = uint32_t(dropout_position(model_, values_[0].shape, int(i)));
    }
  }

  void run_forward(ConstBatch noisy, const Pass& pass) {
    for (LayerValue& value : values_) value.n = noisy.n;
    std::copy_n(noisy.data.begin(), values_[0].count(), values_[0].data.begin());
    for (LayerRun& run : runs_) forward(run, pass);
  }

  // The gradients, and the running statistics that a pass has moved.
  void round_to_state() {
    for (size_t i = 0; i < tensors_.size(); ++i) {
      const LayerTensor& tensor = tensors_[i];
      std::copy(tensor.gradient.begin(), tensor.gradient.end(), state_.gradients[i].data.begin());
      if (parameters_[i].trained) continue;
      std::copy(tensor.data.begin(), tensor.data.end(), state_.weights[i].data.begin());
    }
  }

  void take_from_state() {
    for (size_t i = 0; i < tensors_.size(); ++i) {
      const std::vector<float>& weight = state_.weights[i].data;
      std::copy(weight.begin(), weight.end(), tensors_[i].data.begin());
      if (!limits_.training) continue;
      const std::vector<float>& gradient = state_.gradients[i].data;
      std::copy(gradient.begin(), gradient.end(), tensors_[i].gradient.begin());
    }
  }

  const Model model_;
  const Limits limits_;
  const std::vector<Parameter> parameters_;
  State state_;
  std::vector<LayerValue> values_;    // the picture, then each layer's
  std::vector<LayerTensor> tensors_;  // in the order of parameters_
  std::vector<LayerRun> runs_;
};

class ReferenceEngine : public Engine {
 public:
  std::string name() const override { return "reference"; }
  std::string describe() const override { return "plain loops in double precision, one thread"; }

  size_t memory_bytes(const Model& model, const Limits& limits) override {
    check_size(model, limits);
    return needed_bytes(model, limits);
  }

  std::unique_ptr<Network> prepare(const Model& model, const Limits& limits) override {
    check_memory(model, limits, memory_bytes(model, limits), "the reference engine");
    return std::make_unique<ReferenceNetwork>(model, limits);
  }
};

}  // namespace

std::unique_ptr<Engine> make_reference_engine() { return std::make_unique<ReferenceEngine>(); }

}  // namespace limpid
