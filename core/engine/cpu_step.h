// One step of a plan on a CPU, forward and backward.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/engine/convolution.h"
#include "core/engine/engine.h"
#include "core/engine/thread_pool.h"
#include "core/model/plan.h"
#include "core/model/state.h"

namespace limpid {

// What a step needs beside its values.
struct StepMemory {
  size_t forward_floats = 0;  // of scratch while it runs
  size_t backward_floats = 0;
  size_t kept_floats = 0;     // of each picture, from forward to backward
  bool keeps_input = false;   // backward reads the inputs
  bool keeps_output = false;  // backward reads the output
};

// Where one run of a step finds its values: one picture's, or all n of a whole_batch() step's.
struct StepRun {
  int n = 1;
  TrainingPlace place;  // of the first picture
  std::vector<const float*> inputs;
  float* output = nullptr;
  float* kept = nullptr;
  float* scratch = nullptr;
  State* state = nullptr;               // gradients are added to; batch_norm moves its statistics
  float* output_gradient = nullptr;     // backward overwrites it
  std::vector<float*> input_gradients;  // backward fills them; null where nothing asks for it
};

class CpuStep {
 public:
  virtual ~CpuStep() = default;
  virtual StepMemory memory() const = 0;
  virtual size_t weight_bytes() const { return 0; }   // of its own copies of the weights
  virtual bool whole_batch() const { return false; }  // runs all pictures of a batch at once
  virtual void load(ThreadPool&, const std::vector<Tensor>&) {}  // the model's weights
  virtual void forward(ThreadPool& pool, const StepRun& run) = 0;
  virtual void backward(ThreadPool& pool, const StepRun& run) = 0;
};

struct StepPlace {
  const Model* model = nullptr;  // outlives the step
  Shape picture;
  Purpose purpose = Purpose::denoise;
  int threads = 1;                       // that run it, at most
  std::vector<int> input_channels = {};  // of each input
  bool input_gradient = false;           // backward is asked for it
};

// Allocates nothing that grows with the picture or the weights before load().
std::unique_ptr<CpuStep> make_cpu_step(const Step& step, const StepPlace& place);

// Those of conv and transposed_conv, and of batch_norm.
std::unique_ptr<CpuStep> make_convolution_step(const Step& step, const StepPlace& place);
std::unique_ptr<CpuStep> make_batch_norm_step(const Step& step, const StepPlace& place);

// The convolution of a conv or transposed_conv step.
ConvolutionShape convolution_shape(const Step& step, const StepPlace& place);

// Index of the layer's first tensor in the lists of State.
int first_tensor(const Model& model, int layer);

}  // namespace limpid
