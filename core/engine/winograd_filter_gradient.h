// The gradient by weight in transformed squares: see winograd.h. At each position a sum over
// squares of outer products, output gradient x picture, 36 for 16 output pixels where taps need
// 144.
#pragma once

#include "core/engine/filter_gradient.h"
#include "core/engine/winograd_squares.h"

namespace limpid {

class WinogradFilterGradient : public FilterGradient {
 public:
  explicit WinogradFilterGradient(const ConvolutionShape& shape);  // winograd_suits(shape)

  void run(ThreadPool& pool, const float* input, const float* output_gradient, float* sum,
           float* scratch) const override;
  void run_by_rows(ThreadPool& pool, const float* input, const GradientRows& output_gradient,
                   float* sum, float* scratch) const override;
  size_t scratch_floats() const override;

 private:
  // The output gradient from row `first` on.
  struct Gradient {
    const float* rows = nullptr;
    int first = 0;
  };
  struct Scratch {
    float* pixels = nullptr;     // (position, square, channel)
    float* gradients = nullptr;  // alike
    float* products = nullptr;   // (position, out, in)
    float* strip = nullptr;      // output gradient of a strip of squares
  };

  Scratch scratch(float* first) const;
  size_t strip_floats() const;
  void start(ThreadPool& pool, const Scratch& scratch) const;
  // Adds what `rows` rows of squares give, from `first` on.
  void add_rows(ThreadPool& pool, const WinogradPhase& phase, int first, int rows,
                const float* input, const Gradient& gradient, const Scratch& scratch) const;
  void transform(const WinogradPhase& phase, int square, int place, const float* input,
                 const Gradient& gradient, const Scratch& scratch) const;
  void multiply(int position, int squares, const Scratch& scratch) const;
  void finish(ThreadPool& pool, const WinogradPhase& phase, const Scratch& scratch,
              float* sum) const;

  const ConvolutionShape shape_;
  const WinogradSquares squares_;
  const int in_, out_;     // channels
  const int out_vectors_;  // in whole vectors
  const int at_once_;      // squares
  const int strip_rows_;   // of squares
};

}  // namespace limpid
