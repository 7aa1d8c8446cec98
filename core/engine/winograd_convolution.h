// Convolutions and transposed convolutions in transformed squares: see winograd.h. The phases of a
// transposed one share the transformed picture.
#pragma once

#include <vector>

#include "core/engine/convolution.h"
#include "core/engine/direct_convolution.h"
#include "core/engine/winograd_squares.h"

namespace limpid {

class WinogradConvolution : public Convolution {
 public:
  // winograd_suits(shape). `threads`: of the pools that it is run with, at most.
  WinogradConvolution(const ConvolutionShape& shape, int threads);

  void load(ThreadPool& pool, std::span<const float> kernel, std::span<const float> bias) override;
  void run(ThreadPool& pool, const ConvolutionRun& run) override;
  size_t scratch_floats() const override;
  size_t memory_bytes() const override;

 private:
  using Products = std::vector<DirectConvolution>;  // one for each position that is not zero

  // What one thread works in: transformed pixels, (position, square, channel), products alike, and
  // outputs that are pooled or lie outside of the picture, (output, channel).
  struct Scratch {
    float *pixels = nullptr, *products = nullptr, *outputs = nullptr;
  };

  // `values`: room for the channel's transformed kernel.
  void load_channel(size_t channel, std::span<const float> kernel, float* values);
  Scratch scratch(float* first, size_t thread) const;
  size_t thread_floats() const;
  void multiply(size_t phase, int squares, const Scratch& scratch) const;
  void transform_products(const WinogradPhase& phase, int square, const float* from, float* outputs,
                          const ConvolutionRun& run) const;
  void pool_square(int square, float* const* outputs, const ConvolutionRun& run) const;

  const ConvolutionShape shape_;
  const int threads_;
  const WinogradSquares squares_;
  const int at_once_;               // squares
  std::vector<Products> products_;  // of each phase
  std::vector<float> bias_;         // empty before load()
};

}  // namespace limpid
