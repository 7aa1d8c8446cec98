// One step of a plan on a GPU, forward and backward: which kernels it launches, with what memory.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/engine/engine.h"
#include "core/model/plan.h"
#include "native/cuda/device.h"
#include "native/cuda/device_state.h"
#include "native/cuda/packing.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

// What backward begins with in a convolution's step that is not pooled: its activation's derivative
// (and then sums over pixels, for the bias). The step that writes the only gradient by the output
// may do that as it writes, so that the gradient is moved once.
struct StepEnd {
  Activation activation = Activation::linear;  // linear: there is none to pass
  float slope = 0;
};

// In bytes, for all pictures of a call; and what the steps around it are to know.
struct StepMemory {
  size_t forward = 0;  // scratch while it runs
  size_t backward = 0;
  size_t kept = 0;            // from forward to backward
  size_t weights = 0;         // its packed kernels, always
  size_t packing = 0;         // in the table that packs them, always
  bool keeps_input = false;   // backward reads the inputs
  bool keeps_output = false;  // backward reads the output
  // The inputs' gradients are the output's: backward writes those that it is given.
  bool passes_gradient = false;
  bool overwrites_gradient = false;  // backward changes the output's gradient
  StepEnd end = {};                  // that another step may pass
  int passed_end_parts = 0;          // of a picture, where backward can pass its input's; 0: not
};

// An end that another step passes, and the sums that it leaves.
struct PassedEnd {
  StepEnd end = {};
  int parts = 0;             // of a picture; 0: none is passed
  float* partial = nullptr;  // (picture, part, stored channel)
};

template <Precision precision>
struct StepRun {
  int n = 1;
  const TrainingPlace* place = nullptr;  // of the first picture; in the GPU's memory
  std::vector<const Value<precision>*> inputs = {};
  Value<precision>* output = nullptr;
  float* wide_output = nullptr;  // instead of it, where the step writes_wide()
  std::byte* kept = nullptr;
  std::byte* scratch = nullptr;
  Value<precision>* output_gradient = nullptr;          // see overwrites_gradient
  std::vector<Value<precision>*> input_gradients = {};  // null: not asked for
  std::vector<bool> adds = {};  // whether backward adds to them, or writes them
  PassedEnd input_end = {};     // backward passes that too: it writes what is before the activation
  PassedEnd own_end = {};       // passed already: output_gradient is what is before the activation
};

template <Precision precision>
class GpuStep {
 public:
  virtual ~GpuStep() = default;
  virtual StepMemory memory() const = 0;
  virtual bool writes_wide() const { return false; }  // its output can be floats in any precision
  // Adds what packs the weights into memory().weights bytes at `memory`, where they stay.
  virtual void list_packing(const DeviceState&, std::byte* /*memory*/,
                            std::vector<PackingJob<Value<precision>>>& /*jobs*/) {}
  virtual void forward(DeviceStream& stream, const DeviceState& state,
                       const StepRun<precision>& run) = 0;
  virtual void backward(DeviceStream& stream, const DeviceState& state,
                        const StepRun<precision>& run) = 0;
};

struct StepPlace {
  const Model* model = nullptr;  // outlives the step
  Shape picture = {};
  Purpose purpose = Purpose::denoise;
  int batch = 1;                         // pictures in a call, at most
  std::vector<int> input_channels = {};  // of each input
  bool input_gradient = false;           // backward is asked for it
};

template <Precision precision>
std::unique_ptr<GpuStep<precision>> make_step(const Step& step, const StepPlace& place);

// What a convolution's step packs: its weights, and those of the normalization merged into it.
KernelPacking with_weights(KernelPacking packing, const Step& step, const DeviceState& state);

// That of conv and transposed_conv.
template <Precision precision>
std::unique_ptr<GpuStep<precision>> make_convolution_step(const Step& step, const StepPlace& place);

// Bytes of parts that lie one after the other, each at a multiple of 256 as kernels like it.
constexpr size_t aligned_bytes(size_t bytes) { return (bytes + 255) / 256 * 256; }

}  // namespace limpid::cuda
