#include "core/engine/cpu_program.h"

#include <algorithm>
#include <cassert>

namespace limpid {

CpuProgram::CpuProgram(const Model& model, Shape picture, Purpose purpose, int batch, int threads)
    : training_(purpose == Purpose::train), batch_(batch) {
  const Plan plan = lower(model, picture, purpose);
  std::vector<Shape> shapes = {picture};
  for (const Step& step : plan.steps) shapes.push_back(step.output);
  for (const Shape& shape : shapes) values_.push_back({.count = shape.count()});
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    StepPlace place{.model = &model, .picture = picture, .purpose = purpose, .threads = threads};
    for (int v : step.inputs) {
      place.input_channels.push_back(shapes[v].channels);
      place.input_gradient = place.input_gradient || values_[v].needs_gradient;
    }
    values_[i + 1].needs_gradient =
        place.input_gradient || !parameters_of(model.layers[step.layer], 1).empty();
    PreparedStep prepared{.step = make_cpu_step(step, place),
                          .inputs = step.inputs,
                          .adds = std::vector<bool>(step.inputs.size())};
    prepared.memory = prepared.step->memory();
    prepared.run.inputs.resize(step.inputs.size());
    prepared.run.input_gradients.resize(step.inputs.size());
    steps_.push_back(std::move(prepared));
  }
  std::vector<bool> begun(values_.size());
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    for (size_t j = 0; j < step->inputs.size(); ++j) {
      step->adds[j] = begun[step->inputs[j]];
      begun[step->inputs[j]] = true;
    }
  }
}

// Step i runs forward at time + i and backward at time + 2 n - i; between them stands the loss.
int CpuProgram::reserve(Arena& arena, int time) {
  const int n = int(steps_.size());
  reserve_values(arena, time);
  if (training_) reserve_gradients(arena, time);
  for (int i = 0; i < n; ++i) {
    PreparedStep& step = steps_[i];
    const int forward = time + i, backward = time + 2 * n - i;
    step.forward_scratch = arena.reserve(step.memory.forward_floats, forward, forward);
    if (!training_) continue;
    step.kept = arena.reserve(step.memory.kept_floats * batch_, forward, backward);
    step.backward_scratch = arena.reserve(step.memory.backward_floats, backward, backward);
    step.spare = arena.reserve(spare_floats(step), backward, backward);
  }
  return time + (training_ ? 2 * n : n) + 1;
}

size_t CpuProgram::spare_floats(const PreparedStep& step) const {
  size_t floats = 0;
  for (size_t j = 0; j < step.inputs.size(); ++j) {
    if (step.adds[j]) floats += values_[step.inputs[j]].count;
  }
  return step.step->whole_batch() ? floats * batch_ : floats;
}

std::vector<StepUse> CpuProgram::uses() const {
  std::vector<StepUse> uses;
  for (const PreparedStep& step : steps_) {
    uses.push_back({step.inputs, step.memory.keeps_input, step.memory.keeps_output});
  }
  return uses;
}

void CpuProgram::reserve_values(Arena& arena, int time) {
  const std::vector<Lifetime> lives = value_lifetimes(uses(), training_);
  for (size_t v = 0; v < values_.size(); ++v) {
    values_[v].buffer =
        arena.reserve(values_[v].count * batch_, time + lives[v].first, time + lives[v].last);
  }
}

void CpuProgram::reserve_gradients(Arena& arena, int time) {
  const std::vector<Lifetime> lives = gradient_lifetimes(uses());
  for (size_t v = 1; v < values_.size(); ++v) {
    if (!values_[v].needs_gradient && v + 1 < values_.size()) continue;
    values_[v].gradient_buffer =
        arena.reserve(values_[v].count * batch_, time + lives[v].first, time + lives[v].last);
  }
}

void CpuProgram::find(const Arena& arena) {
  for (Value& value : values_) {
    value.at = arena.at(value.buffer);
    if (value.gradient_buffer >= 0) value.gradient = arena.at(value.gradient_buffer);
  }
  for (PreparedStep& step : steps_) {
    step.forward_scratch_at = arena.at(step.forward_scratch);
    if (!training_) continue;
    step.kept_at = arena.at(step.kept);
    step.backward_scratch_at = arena.at(step.backward_scratch);
    step.spare_at = arena.at(step.spare);
  }
}

size_t CpuProgram::weight_bytes() const {
  size_t sum = 0;
  for (const PreparedStep& step : steps_) sum += step.step->weight_bytes();
  return sum;
}

void CpuProgram::load(ThreadPool& pool, const std::vector<Tensor>& weights) {
  for (PreparedStep& step : steps_) step.step->load(pool, weights);
}

void CpuProgram::place_run(int i, int picture, int n, const TrainingPlace& place, State& state) {
  PreparedStep& step = steps_[i];
  StepRun& run = step.run;
  run.n = n;
  run.place = place;
  run.place.picture += uint32_t(picture);
  run.state = &state;
  for (size_t j = 0; j < step.inputs.size(); ++j) {
    const Value& value = values_[step.inputs[j]];
    run.inputs[j] = value.at + picture * value.count;
  }
  run.output = values_[i + 1].at + picture * values_[i + 1].count;
  run.kept = step.kept_at ? step.kept_at + picture * step.memory.kept_floats : nullptr;
}

void CpuProgram::place_gradients(int i, int picture) {
  PreparedStep& step = steps_[i];
  step.run.output_gradient = values_[i + 1].gradient + picture * values_[i + 1].count;
  float* spare = step.spare_at;
  for (size_t j = 0; j < step.inputs.size(); ++j) {
    const Value& value = values_[step.inputs[j]];
    float*& gradient = step.run.input_gradients[j];
    if (!value.needs_gradient) {
      gradient = nullptr;
    } else if (step.adds[j]) {
      gradient = spare;
      spare += value.count;
    } else {
      gradient = value.gradient + picture * value.count;
    }
  }
}

void CpuProgram::add_spares(ThreadPool& pool, int i, int picture, int n) {
  const PreparedStep& step = steps_[i];
  for (size_t j = 0; j < step.inputs.size(); ++j) {
    const Value& value = values_[step.inputs[j]];
    if (!step.adds[j] || !value.needs_gradient) continue;
    const float* from = step.run.input_gradients[j];
    float* to = value.gradient + picture * value.count;
    pool.run_parts(n * value.count, [&](size_t first, size_t last) {
      for (size_t k = first; k < last; ++k) to[k] += from[k];
    });
  }
}

void CpuProgram::forward(ThreadPool& pool, int n, const TrainingPlace& place, State& state) {
  assert(n <= batch_);
  for (int i = 0; i < int(steps_.size()); ++i) {
    PreparedStep& step = steps_[i];
    const int together = step.step->whole_batch() ? n : 1;
    step.run.scratch = step.forward_scratch_at;
    for (int picture = 0; picture < n; picture += together) {
      place_run(i, picture, together, place, state);
      step.step->forward(pool, step.run);
    }
  }
}

void CpuProgram::backward(ThreadPool& pool, int n, const TrainingPlace& place, State& state) {
  assert(training_);
  for (int i = int(steps_.size()) - 1; i >= 0; --i) {
    PreparedStep& step = steps_[i];
    if (!values_[i + 1].needs_gradient) continue;
    const int together = step.step->whole_batch() ? n : 1;
    step.run.scratch = step.backward_scratch_at;
    for (int picture = 0; picture < n; picture += together) {
      place_run(i, picture, together, place, state);
      place_gradients(i, picture);
      step.step->backward(pool, step.run);
      add_spares(pool, i, picture, together);
    }
  }
}

}  // namespace limpid
