// A plan with all it takes to run it on a CPU: its steps and where their values lie.
#pragma once

#include <memory>
#include <vector>

#include "core/engine/arena.h"
#include "core/engine/cpu_step.h"
#include "core/engine/lifetimes.h"

namespace limpid {

class CpuProgram {
 public:
  // `batch`: pictures that run through together. The model must outlive the program.
  CpuProgram(const Model& model, Shape picture, Purpose purpose, int batch, int threads);

  // Asks for its buffers from `time` on and returns the first time at which all are free again.
  int reserve(Arena& arena, int time);
  void find(const Arena& arena);  // once the arena has its memory
  size_t weight_bytes() const;    // of its own copies of the weights
  void load(ThreadPool& pool, const std::vector<Tensor>& weights);

  float* picture(int i) const { return values_[0].at + i * values_[0].count; }
  float* output(int i) const { return values_.back().at + i * values_.back().count; }
  float* output_gradient(int i) const { return values_.back().gradient + i * values_.back().count; }

  // Runs the n pictures through; `state` as in StepRun.
  void forward(ThreadPool& pool, int n, const TrainingPlace& place, State& state);
  // After forward, with the output's gradient filled in.
  void backward(ThreadPool& pool, int n, const TrainingPlace& place, State& state);

 private:
  struct Value {
    size_t count = 0;             // of one picture
    bool needs_gradient = false;  // something before it has weights
    int buffer = -1, gradient_buffer = -1;
    float* at = nullptr;
    float* gradient = nullptr;
  };
  struct PreparedStep {
    std::unique_ptr<CpuStep> step;
    std::vector<int> inputs;  // values
    std::vector<bool> adds;   // a step that runs later has begun the input's gradient
    StepMemory memory = {};
    int kept = -1, forward_scratch = -1, backward_scratch = -1, spare = -1;  // buffers
    float* kept_at = nullptr;                                                // null when denoising
    float* forward_scratch_at = nullptr;
    float* backward_scratch_at = nullptr;
    float* spare_at = nullptr;  // for gradients that are added to others
    StepRun run = {};
  };

  size_t spare_floats(const PreparedStep& step) const;
  std::vector<StepUse> uses() const;
  void reserve_values(Arena& arena, int time);
  void reserve_gradients(Arena& arena, int time);
  void place_run(int i, int picture, int n, const TrainingPlace& place, State& state);
  void place_gradients(int i, int picture);
  void add_spares(ThreadPool& pool, int i, int picture, int n);

  const bool training_;
  const int batch_;
  std::vector<Value> values_;  // 0 the picture, i + 1 the output of step i
  std::vector<PreparedStep> steps_;
};

}  // namespace limpid
