#include "native/cuda/program.h"

#include <algorithm>
#include <cassert>

#include "native/cuda/gradient_sharing.h"
#include "native/cuda/packing.h"

namespace limpid::cuda {
namespace {

size_t floats(size_t bytes) { return (bytes + sizeof(float) - 1) / sizeof(float); }

}  // namespace

template <Precision precision>
Program<precision>::Program(const Model& model, Shape picture, Purpose purpose, int batch)
    : training_(purpose == Purpose::train), batch_(batch), shapes_{picture} {
  const Plan plan = lower(model, picture, purpose);
  for (const Step& step : plan.steps) shapes_.push_back(step.output);
  for (const Shape& shape : shapes_) values_.push_back({.count = batch * stored_values(shape)});
  for (const Step& step : plan.steps) {
    add_step(model, step,
             {.model = &model, .picture = picture, .purpose = purpose, .batch = batch});
  }
  std::vector<bool> begun(values_.size());
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    for (int v : step->inputs) {
      step->run.adds.push_back(begun[v]);
      begun[v] = true;
    }
  }
  share_gradients();
  pass_ends();
}

template <Precision precision>
void Program<precision>::add_step(const Model& model, const Step& step, StepPlace place) {
  Held& output = values_[steps_.size() + 1];
  for (int v : step.inputs) {
    place.input_channels.push_back(shapes_[v].channels);
    place.input_gradient = place.input_gradient || values_[v].needs_gradient;
  }
  output.needs_gradient =
      place.input_gradient || !parameters_of(model.layers[step.layer], 1).empty();
  PreparedStep prepared{.step = make_step<precision>(step, place), .inputs = step.inputs};
  prepared.memory = prepared.step->memory();
  prepared.run.inputs.resize(step.inputs.size());
  prepared.run.input_gradients.resize(step.inputs.size());
  steps_.push_back(std::move(prepared));
}

template <Precision precision>
void Program<precision>::share_gradients() {
  std::vector<GradientUse> uses;
  for (size_t i = 0; i < steps_.size(); ++i) {
    uses.push_back({.inputs = steps_[i].inputs,
                    .needed = values_[i + 1].needs_gradient,
                    .passes = steps_[i].memory.passes_gradient,
                    .overwrites = steps_[i].memory.overwrites_gradient});
  }
  const std::vector<int> owners = shared_gradients(uses);
  for (size_t v = 0; v < values_.size(); ++v) values_[v].gradient_owner = owners[v];
}

// A step's end is passed by the only one that reads its output: no other adds to that gradient.
template <Precision precision>
void Program<precision>::pass_ends() {
  std::vector<int> users(values_.size());
  for (const PreparedStep& step : steps_) {
    for (int v : step.inputs) ++users[v];
  }
  for (PreparedStep& step : steps_) {
    const int v = step.inputs[0];
    if (step.memory.passed_end_parts == 0 || v == 0 || users[v] != 1) continue;
    const PreparedStep& maker = steps_[v - 1];
    if (maker.memory.end.activation == Activation::linear) continue;
    step.run.input_end = {.end = maker.memory.end, .parts = step.memory.passed_end_parts};
  }
}

// Step i runs forward at time + i and backward at time + 2 n - i; between them stands the loss.
template <Precision precision>
int Program<precision>::reserve(Arena& arena, int time) {
  const int n = int(steps_.size());
  reserve_values(arena, time);
  if (training_) reserve_gradients(arena, time);
  for (int i = 0; i < n; ++i) {
    PreparedStep& step = steps_[i];
    const int forward = time + i, backward = time + 2 * n - i;
    step.forward_scratch = arena.reserve(floats(step.memory.forward), forward, forward);
    if (!training_) continue;
    step.kept = arena.reserve(floats(step.memory.kept), forward, backward);
    step.backward_scratch = arena.reserve(floats(step.memory.backward), backward, backward);
    if (step.run.input_end.parts == 0) continue;
    const int v = step.inputs[0];
    const size_t parts = size_t(batch_) * step.run.input_end.parts;
    step.end_sums = arena.reserve(parts * stored_channels(shapes_[v].channels), backward,
                                  time + 2 * n - (v - 1));
  }
  return time + (training_ ? 2 * n : n) + 1;
}

template <Precision precision>
std::vector<StepUse> Program<precision>::uses() const {
  std::vector<StepUse> uses;
  for (const PreparedStep& step : steps_) {
    uses.push_back({step.inputs, step.memory.keeps_input, step.memory.keeps_output});
  }
  return uses;
}

template <Precision precision>
void Program<precision>::reserve_values(Arena& arena, int time) {
  const std::vector<Lifetime> lives = value_lifetimes(uses(), training_);
  for (size_t v = 0; v < values_.size(); ++v) {
    values_[v].buffer = arena.reserve(floats(values_[v].count * sizeof(Value<precision>)),
                                      time + lives[v].first, time + lives[v].last);
  }
  wide_buffer_ =
      arena.reserve(values_.back().count, time + int(steps_.size()) - 1, time + lives.back().last);
}

template <Precision precision>
void Program<precision>::reserve_gradients(Arena& arena, int time) {
  std::vector<Lifetime> lives = gradient_lifetimes(uses());
  for (size_t v = 1; v < values_.size(); ++v) {
    Lifetime& owner = lives[size_t(values_[v].gradient_owner)];
    owner.last = std::max(owner.last, lives[v].last);
  }
  for (size_t v = 1; v < values_.size(); ++v) {
    if (values_[v].gradient_owner != int(v)) continue;
    if (!values_[v].needs_gradient && v + 1 < values_.size()) continue;
    values_[v].gradient_buffer = arena.reserve(floats(values_[v].count * sizeof(Value<precision>)),
                                               time + lives[v].first, time + lives[v].last);
  }
}

template <Precision precision>
size_t Program<precision>::weight_bytes() const {
  size_t weights = 0, packing = 0;
  for (const PreparedStep& step : steps_) {
    weights += aligned_bytes(step.memory.weights);
    packing += step.memory.packing;
  }
  return weights + packing;
}

template <Precision precision>
void Program<precision>::place(DeviceStream& stream, const DeviceState& state, const Arena& arena,
                               std::byte* memory, std::byte* weights) {
  const auto at = [&](int buffer) {
    return buffer < 0 ? nullptr : memory + arena.offset(buffer) * sizeof(float);
  };
  for (Held& value : values_) {
    const Held& owner = values_[size_t(value.gradient_owner)];
    value.at = reinterpret_cast<Value<precision>*>(at(value.buffer));
    value.gradient = reinterpret_cast<Value<precision>*>(at(owner.gradient_buffer));
  }
  wide_ = reinterpret_cast<float*>(at(wide_buffer_));
  std::vector<PackingJob<Value<precision>>> jobs;
  for (PreparedStep& step : steps_) {
    StepRun<precision>& run = step.run;
    const Held& output = values_[size_t(&step - steps_.data()) + 1];
    for (size_t j = 0; j < step.inputs.size(); ++j) {
      const Held& value = values_[step.inputs[j]];
      const bool is_there = step.memory.passes_gradient && value.gradient == output.gradient;
      run.inputs[j] = value.at;
      run.input_gradients[j] = value.needs_gradient && !is_there ? value.gradient : nullptr;
    }
    run.output = output.at;
    run.output_gradient = output.gradient;
    run.kept = at(step.kept);
    if (step.end_sums >= 0) {
      run.input_end.partial = reinterpret_cast<float*>(at(step.end_sums));
      steps_[step.inputs[0] - 1].run.own_end = run.input_end;
    }
    step.forward_at = at(step.forward_scratch);
    step.backward_at = at(step.backward_scratch);
    step.step->list_packing(state, weights, jobs);
    weights += aligned_bytes(step.memory.weights);
  }
  packing_.place(stream, jobs, weights);
  PreparedStep& last = steps_.back();
  if (last.step->writes_wide()) last.run.wide_output = wide_;
}

template <Precision precision>
void Program<precision>::forward(DeviceStream& stream, const DeviceState& state, int n,
                                 const TrainingPlace* place) const {
  assert(n <= batch_);
  for (const PreparedStep& step : steps_) {
    StepRun<precision> run = step.run;
    run.n = n;
    run.place = place;
    run.scratch = step.forward_at;
    step.step->forward(stream, state, run);
  }
  if (!steps_.back().run.wide_output) {
    widen(stream, n * stored_values(shapes_.back()), values_.back().at, wide_);
  }
}

template <Precision precision>
void Program<precision>::backward(DeviceStream& stream, const DeviceState& state, int n,
                                  const TrainingPlace* place) const {
  assert(training_);
  for (int i = int(steps_.size()) - 1; i >= 0; --i) {
    if (!values_[i + 1].needs_gradient) continue;
    const PreparedStep& step = steps_[i];
    StepRun<precision> run = step.run;
    run.n = n;
    run.place = place;
    run.scratch = step.backward_at;
    step.step->backward(stream, state, run);
  }
}

template class Program<Precision::fp32>;
template class Program<Precision::tf32>;
template class Program<Precision::bf16>;

}  // namespace limpid::cuda
