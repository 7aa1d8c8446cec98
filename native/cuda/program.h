// A plan with all it takes to run it on a GPU: its steps, and where their values lie in one block
// of memory.
#pragma once

#include <memory>
#include <vector>

#include "core/engine/arena.h"
#include "core/engine/lifetimes.h"
#include "native/cuda/step.h"

namespace limpid::cuda {

template <Precision precision>
class Program {
 public:
  // `batch`: pictures that run through together, at most. The model must outlive the program.
  Program(const Model& model, Shape picture, Purpose purpose, int batch);

  // Asks for its buffers from `time` on and returns the first time at which all are free again.
  int reserve(Arena& arena, int time);
  size_t weight_bytes() const;  // of packed kernels, and of the table that packs them
  // Where both lie. Weights keep their place, as do those of the state, which is allocated; the
  // arena's memory is shared with other programs.
  void place(DeviceStream& stream, const DeviceState& state, const Arena& arena, std::byte* memory,
             std::byte* weights);

  void load(DeviceStream& stream) const { packing_.pack(stream); }  // the state's weights

  Value<precision>* picture() const { return values_[0].at; }
  float* output() const { return wide_; }  // (n, height, width, stored) in float
  Value<precision>* output_gradient() const { return values_.back().gradient; }

  // Runs n pictures through. `place` lies in the GPU's memory.
  void forward(DeviceStream& stream, const DeviceState& state, int n,
               const TrainingPlace* place) const;
  // After forward, with the output's gradient filled in.
  void backward(DeviceStream& stream, const DeviceState& state, int n,
                const TrainingPlace* place) const;

 private:
  struct Held {                   // a value
    size_t count = 0;             // of stored numbers, all pictures
    bool needs_gradient = false;  // something before it has weights
    int buffer = -1, gradient_buffer = -1;
    int gradient_owner = 0;  // the value in whose gradient's buffer its own lies
    Value<precision>* at = nullptr;
    Value<precision>* gradient = nullptr;
  };
  struct PreparedStep {
    std::unique_ptr<GpuStep<precision>> step;
    std::vector<int> inputs;  // values
    StepMemory memory = {};
    int kept = -1, forward_scratch = -1, backward_scratch = -1;  // buffers
    int end_sums = -1;                                           // of the end that it passes
    StepRun<precision> run = {};                                 // but for n, place and scratch
    std::byte* forward_at = nullptr;
    std::byte* backward_at = nullptr;
  };

  void add_step(const Model& model, const Step& step, StepPlace place);
  void share_gradients();
  void pass_ends();
  std::vector<StepUse> uses() const;
  void reserve_values(Arena& arena, int time);
  void reserve_gradients(Arena& arena, int time);

  const bool training_;
  const int batch_;
  std::vector<Shape> shapes_;  // of each value
  std::vector<Held> values_;   // 0 the picture, i + 1 the output of step i
  std::vector<PreparedStep> steps_;
  PackingTable<Value<precision>> packing_;
  int wide_buffer_ = -1;
  float* wide_ = nullptr;
};

}  // namespace limpid::cuda
