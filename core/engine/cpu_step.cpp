#include "core/engine/cpu_step.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "core/engine/activation.h"
#include "core/engine/dropout.h"
#include "core/engine/pooling.h"

namespace limpid {
namespace {

// A max pool that follows no convolution, or one whose output others use too.
class MaxPoolStep : public CpuStep {
 public:
  MaxPoolStep(const Step& step, const StepPlace& place)
      : step_(step), training_(place.purpose == Purpose::train) {}

  StepMemory memory() const override {
    return {.kept_floats = training_ ? (step_.output.count() + 3) / 4 : 0};
  }
  void forward(ThreadPool& pool, const StepRun& run) override {
    max_pool(pool, step_.input, run.inputs[0], run.output, winners(run));
  }
  void backward(ThreadPool& pool, const StepRun& run) override {
    if (!run.input_gradients[0]) return;
    max_pool_gradient(pool, step_.input, run.output_gradient, winners(run), run.input_gradients[0]);
  }

 private:
  static uint8_t* winners(const StepRun& run) { return reinterpret_cast<uint8_t*>(run.kept); }

  const Step step_;
  const bool training_;
};

class UpsampleStep : public CpuStep {
 public:
  explicit UpsampleStep(const Step& step) : step_(step) {}

  StepMemory memory() const override { return {}; }
  void forward(ThreadPool& pool, const StepRun& run) override {
    const size_t c = size_t(step_.output.channels), width = size_t(step_.output.width);
    pool.run(size_t(step_.output.height), [&](size_t y) {
      const float* from = run.inputs[0] + y / 2 * (width / 2) * c;
      float* to = run.output + y * width * c;
      for (size_t x = 0; x < width; ++x) std::copy_n(from + x / 2 * c, c, to + x * c);
    });
  }
  void backward(ThreadPool& pool, const StepRun& run) override {
    if (!run.input_gradients[0]) return;
    const size_t c = size_t(step_.input.channels), width = size_t(step_.input.width);
    const size_t row = 2 * width * c;
    pool.run(size_t(step_.input.height), [&](size_t y) {
      const float* from = run.output_gradient + 2 * y * row;
      float* to = run.input_gradients[0] + y * width * c;
      for (size_t x = 0; x < width; ++x, from += 2 * c, to += c) {
        for (size_t i = 0; i < c; ++i) {
          to[i] = (from[i] + from[c + i]) + (from[row + i] + from[row + c + i]);
        }
      }
    });
  }

 private:
  const Step step_;
};

class AddStep : public CpuStep {
 public:
  explicit AddStep(const Step& step) : step_(step) {}

  StepMemory memory() const override {
    return {.keeps_output = step_.activation != Activation::linear};
  }
  void forward(ThreadPool& pool, const StepRun& run) override {
    const size_t count = step_.output.count();
    pool.run_parts(count, [&](size_t first, size_t last) {
      std::copy(run.inputs[0] + first, run.inputs[0] + last, run.output + first);
      for (size_t j = 1; j < run.inputs.size(); ++j) {
        for (size_t i = first; i < last; ++i) run.output[i] += run.inputs[j][i];
      }
    });
    activate(pool, step_.activation, step_.slope, {run.output, count});
  }
  void backward(ThreadPool& pool, const StepRun& run) override {
    const size_t count = step_.output.count();
    activation_gradient(pool, step_.activation, step_.slope, {run.output, count},
                        {run.output_gradient, count});
    for (float* gradient : run.input_gradients) {
      if (gradient) std::copy_n(run.output_gradient, count, gradient);
    }
  }

 private:
  const Step step_;
};

class ConcatStep : public CpuStep {
 public:
  ConcatStep(const Step& step, std::vector<int> channels)
      : step_(step), channels_(std::move(channels)) {}

  StepMemory memory() const override {
    return {.keeps_output = step_.activation != Activation::linear};
  }
  void forward(ThreadPool& pool, const StepRun& run) override {
    for_each_part(pool, [&](size_t input, size_t in_input, size_t in_output, size_t count) {
      std::copy_n(run.inputs[input] + in_input, count, run.output + in_output);
    });
    activate(pool, step_.activation, step_.slope, {run.output, step_.output.count()});
  }
  void backward(ThreadPool& pool, const StepRun& run) override {
    const size_t count = step_.output.count();
    activation_gradient(pool, step_.activation, step_.slope, {run.output, count},
                        {run.output_gradient, count});
    for_each_part(pool, [&](size_t input, size_t in_input, size_t in_output, size_t part) {
      if (!run.input_gradients[input]) return;
      std::copy_n(run.output_gradient + in_output, part, run.input_gradients[input] + in_input);
    });
  }

 private:
  // Calls f(input, offset in it, offset in the output, count) for the channels of every pixel.
  template <class F>
  void for_each_part(ThreadPool& pool, const F& f) const {
    const size_t width = size_t(step_.output.width), all = size_t(step_.output.channels);
    pool.run(size_t(step_.output.height), [&](size_t y) {
      for (size_t p = y * width; p < (y + 1) * width; ++p) {
        size_t at = p * all;
        for (size_t j = 0; j < channels_.size(); ++j) {
          const size_t c = size_t(channels_[j]);
          f(j, p * c, at, c);
          at += c;
        }
      }
    });
  }

  const Step step_;
  const std::vector<int> channels_;  // of each input
};

// While training only: for denoising the plan leaves it out.
class DropoutStep : public CpuStep {
 public:
  DropoutStep(const Step& step, const StepPlace& place)
      : step_(step),
        position_(uint32_t(dropout_position(*place.model, place.picture, step.layer))) {}

  StepMemory memory() const override { return {}; }
  void forward(ThreadPool& pool, const StepRun& run) override {
    multiply(pool, run, run.inputs[0], run.output);
  }
  void backward(ThreadPool& pool, const StepRun& run) override {
    if (run.input_gradients[0]) multiply(pool, run, run.output_gradient, run.input_gradients[0]);
  }

 private:
  void multiply(ThreadPool& pool, const StepRun& run, const float* from, float* to) const {
    const Sequence sequence = dropout_sequence(run.place, 0);
    pool.run_parts(step_.output.count(), [&](size_t first, size_t last) {
      std::array<uint32_t, 4> bits = {};
      for (size_t i = first; i < last; ++i) {
        const uint32_t position = position_ + uint32_t(i);
        if (i == first || position % 4 == 0) bits = sequence.block(position / 4);
        to[i] = from[i] * dropout_factor(bits[position % 4], step_.rate);
      }
    });
  }

  const Step step_;
  const uint32_t position_;  // of its first value
};

}  // namespace

std::unique_ptr<CpuStep> make_cpu_step(const Step& step, const StepPlace& place) {
  switch (step.kind) {
    case LayerKind::conv:
    case LayerKind::transposed_conv: return make_convolution_step(step, place);
    case LayerKind::max_pool: return std::make_unique<MaxPoolStep>(step, place);
    case LayerKind::upsample: return std::make_unique<UpsampleStep>(step);
    case LayerKind::add: return std::make_unique<AddStep>(step);
    case LayerKind::concat: return std::make_unique<ConcatStep>(step, place.input_channels);
    case LayerKind::batch_norm: return make_batch_norm_step(step, place);
    case LayerKind::dropout: return std::make_unique<DropoutStep>(step, place);
  }
  assert(false);
  return nullptr;
}

int first_tensor(const Model& model, int layer) {
  int tensors = 0;
  for (int i = 0; i < layer; ++i) tensors += int(parameters_of(model.layers[i], 1).size());
  return tensors;
}

}  // namespace limpid
