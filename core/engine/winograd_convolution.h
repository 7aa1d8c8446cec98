// Convolutions and transposed convolutions in transformed squares: see winograd.h. Of a transposed
// one of stride 2 each phase of the output is a convolution; all share the transformed picture, and
// the positions that a phase's missing taps leave zero are passed over: 25 of 36 are left of two
// taps a side.
#pragma once

#include <array>
#include <vector>

#include "core/engine/convolution.h"
#include "core/engine/direct_convolution.h"
#include "core/engine/phases.h"
#include "core/engine/winograd.h"

namespace limpid {

// Whether squares may be taken, and the transforms cost less than they save.
bool winograd_suits(const ConvolutionShape& shape);

// Such an output depends on its taps alone, but its rounding on the whole square of its place: tiles
// give the bits of the whole where squares begin at the same pixels, and so much further from ends.
constexpr int winograd_further = winograd_outputs - 1;

class WinogradConvolution : public Convolution {
 public:
  // winograd_suits(shape). `threads`: of the pools that it is run with, at most.
  WinogradConvolution(const ConvolutionShape& shape, int threads);

  void load(ThreadPool& pool, std::span<const float> kernel, std::span<const float> bias) override;
  void run(ThreadPool& pool, const ConvolutionRun& run) override;
  size_t scratch_floats() const override;
  size_t memory_bytes() const override;

 private:
  struct Phase {
    int y = 0, x = 0;
    PhaseTaps rows = {}, cols = {};
    std::vector<int> positions = {};              // that are not zero
    std::vector<DirectConvolution> products = {};  // at these
  };
  // What one thread works in: transformed pixels, (position, square, channel), products alike, and
  // outputs that are pooled or lie outside of the picture, (output, channel).
  struct Scratch {
    float *pixels = nullptr, *products = nullptr, *outputs = nullptr;
  };
  struct Place {  // of a square's first output, within a phase
    int y = 0, x = 0;
  };

  Phase phase(int y, int x) const;
  void load_phase(ThreadPool& pool, Phase& phase, std::span<const float> kernel) const;
  Scratch scratch(float* first, size_t thread) const;
  size_t thread_floats() const;
  Place place(int square) const;
  void transform_pixels(Place place, const float* input, float* to) const;
  void multiply(const Phase& phase, int squares, const Scratch& scratch) const;
  void transform_products(const Phase& phase, Place place, const float* from, float* outputs,
                          const ConvolutionRun& run) const;

  const ConvolutionShape shape_;
  const int threads_;
  const int in_;                    // input channels in whole vectors
  const int step_;                  // from one output of a phase to the next
  const int rows_, cols_;           // outputs of a phase
  const int squares_a_row_, squares_;
  const int at_once_;               // squares
  std::vector<Phase> phases_;
  std::vector<float> bias_, zeros_;  // empty before load()
};

}  // namespace limpid
