// The gradient by weight (wgrad) of a convolution or transposed convolution: XNNPACK has none.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "core/engine/convolution.h"
#include "core/engine/thread_pool.h"

namespace limpid {

// Fills rows first .. first + count - 1 of the output gradient into `rows`; both numbers are even.
using GradientRows = std::function<void(int first, int count, float* rows)>;

// Threads share the sums' places, never a sum, so that any number of them gives the same bits.
class FilterGradient {
 public:
  virtual ~FilterGradient() = default;

  // Adds to `sum` (out, kernel, kernel, in). Both pictures may be read a vector past their end.
  // Needs scratch_floats() of scratch.
  virtual void run(ThreadPool& pool, const float* input, const float* output_gradient, float* sum,
                   float* scratch) const = 0;

  // The same bits for a convolution whose output gradient is made strip by strip, never held whole.
  virtual void run_by_rows(ThreadPool& pool, const float* input,
                           const GradientRows& output_gradient, float* sum,
                           float* scratch) const = 0;

  virtual size_t scratch_floats() const = 0;
};

// In the form that is fastest for the shape. The output is that before any pooling.
std::unique_ptr<FilterGradient> make_filter_gradient(const ConvolutionShape& shape);

}  // namespace limpid
