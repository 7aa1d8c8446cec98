// A convolution or transposed convolution with bias and activation on a CPU, in the form that is
// fastest for its shape. Also computes gradients by input, which are convolutions themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/engine/thread_pool.h"
#include "core/image/batch.h"

namespace limpid {

struct ConvolutionShape {
  bool transposed = false;
  Shape input, output;  // output before any pooling
  int kernel = 3, stride = 1, pad = 1;
  float negative = 1;   // factor of negative sums: 0 is relu, 1 linear
  bool pooled = false;  // a 2 x 2 max pool follows
  bool squares = true;  // may be computed in squares of pixels, see winograd.h
};

struct ConvolutionRun {
  const float* input = nullptr;  // readable a vector past its end
  float* output = nullptr;       // after the pooling, if pooled; writable a vector past its end
  uint8_t* winners = nullptr;    // pooled, or null: see pooling.h
  float* scratch = nullptr;      // scratch_floats() of them
};

class Convolution {
 public:
  virtual ~Convolution() = default;
  // kernel: (out, kernel, kernel, in). Copies both, into memory that the first call allocates.
  virtual void load(ThreadPool& pool, std::span<const float> kernel,
                    std::span<const float> bias) = 0;
  virtual void run(ThreadPool& pool, const ConvolutionRun& run) = 0;
  virtual size_t scratch_floats() const = 0;
  virtual size_t memory_bytes() const = 0;  // of its own copies, once loaded
};

// `threads`: of the pools that it is run with, at most.
std::unique_ptr<Convolution> make_convolution(const ConvolutionShape& shape, int threads);

// The shape of the gradient by input of `forward`, linear and not pooled.
ConvolutionShape input_gradient_shape(const ConvolutionShape& forward);

// The kernel of the gradient by input, (in, kernel, kernel, out): channels swapped, and turned by
// 180 degrees where a convolution of stride 1 is its own kind of gradient.
std::vector<float> input_gradient_kernel(std::span<const float> kernel,
                                         const ConvolutionShape& forward);

}  // namespace limpid
