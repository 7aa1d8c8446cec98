// Between how State and pictures have numbers and how kernels want them.
#pragma once

#include <cstddef>
#include <vector>

#include "core/image/batch.h"
#include "native/cuda/device.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

// What a batch normalization makes of the convolution before it; null: there is none. Channels of
// State's tensors.
struct Normalization {
  const float* gamma = nullptr;
  const float* beta = nullptr;
  const float* mean = nullptr;
  const float* variance = nullptr;
};

// The kernel and bias that a step runs with: see step_weights() in plan.h.
struct KernelPacking {
  const float* kernel = nullptr;  // (out, k, k, in), of State
  const float* bias = nullptr;
  int out = 0, in = 0;
  int k = 3;               // as State has it
  bool upsampled = false;  // packed as k + 1 x k + 1, folded
  Normalization norm = {};
};

size_t packed_values(const KernelPacking& packing);  // of a PackingJob's kernel
size_t packed_turned_values(const KernelPacking& packing);

// Where it goes; null: not asked for.
template <class T>
struct PackingJob {
  KernelPacking packing = {};
  T* kernel = nullptr;    // (out, taps, stored in)
  T* turned = nullptr;    // for the gradient by input: (in, taps, stored out); no normalization
  float* bias = nullptr;  // (out)
};

// What a block of threads does of a list of jobs.
struct PackingBlock {
  enum class Part : uint32_t { kernel, turned, bias };
  uint32_t job = 0;
  Part part = Part::kernel;
  uint32_t number = 0;  // among the blocks of this part
};

// Any number of jobs as one launch, from a table in the GPU's memory.
template <class T>
class PackingTable {
 public:
  // Of a job at most, in bytes.
  static size_t bytes(const KernelPacking& packing);
  // `memory` has the bytes() of all jobs and outlives the table, as does what jobs point at.
  void place(DeviceStream& stream, const std::vector<PackingJob<T>>& jobs, std::byte* memory);
  void pack(DeviceStream& stream) const;

 private:
  const PackingJob<T>* jobs_ = nullptr;
  const PackingBlock* blocks_ = nullptr;
  unsigned block_count_ = 0;
};

// (n, height, width, channels) of floats to stored values, and back from stored floats.
template <class T>
void store_pictures(DeviceStream& stream, Shape shape, int n, const float* pictures, T* values);
void take_pictures(DeviceStream& stream, Shape shape, int n, const float* values, float* pictures);
template <class T>
void widen(DeviceStream& stream, size_t count, const T* values, float* wide);

}  // namespace limpid::cuda
