// Where the build has no XNNPACK, as in WebAssembly today: our own loops take its part.
#include "core/engine/direct_convolution.h"
#include "core/engine/xnnpack_convolution.h"

namespace limpid {
namespace {

class DirectlyConvolved : public Convolution {
 public:
  explicit DirectlyConvolved(const ConvolutionShape& shape)
      : negative_(shape.negative), direct_(direct_shape(shape)) {}

  void load(ThreadPool&, std::span<const float> kernel, std::span<const float> bias) override {
    direct_.load(kernel, bias);
  }
  void run(ThreadPool& pool, const ConvolutionRun& run) override {
    direct_.run(pool, run.input, run.output, negative_);
  }
  size_t scratch_floats() const override { return 0; }
  size_t memory_bytes() const override { return direct_.memory_bytes(); }

 private:
  static DirectShape direct_shape(const ConvolutionShape& shape) {
    DirectShape direct{.input = shape.input,
                       .step = shape.stride,
                       .run = shape.input.channels,
                       .rows = shape.output.height,
                       .cols = shape.output.width,
                       .channels = shape.output.channels,
                       .out_width = shape.output.width};
    for (int ky = 0; ky < shape.kernel; ++ky) {
      for (int kx = 0; kx < shape.kernel; ++kx) {
        direct.taps.push_back({ky - shape.pad, kx - shape.pad});
      }
    }
    return direct;
  }

  float negative_;
  DirectConvolution direct_;
};

}  // namespace

std::unique_ptr<Convolution> make_xnnpack_convolution(const ConvolutionShape& shape) {
  return std::make_unique<DirectlyConvolved>(shape);
}

}  // namespace limpid
