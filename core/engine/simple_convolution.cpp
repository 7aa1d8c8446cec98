#include "core/engine/simple_convolution.h"

#include "core/engine/direct_convolution.h"

namespace limpid {
namespace {

class SimpleConvolution : public Convolution {
 public:
  explicit SimpleConvolution(const ConvolutionShape& shape)
      : shape_(shape), direct_(direct_shape()) {}

  void load(ThreadPool&, std::span<const float> kernel, std::span<const float> bias) override {
    direct_.load(kernel, bias);
  }
  void run(ThreadPool& pool, const ConvolutionRun& run) override {
    if (shape_.pooled) {
      direct_.run_pooled(pool, run.input, run.output, run.winners, shape_.negative);
    } else {
      direct_.run(pool, run.input, run.output, shape_.negative);
    }
  }
  size_t scratch_floats() const override { return 0; }
  size_t memory_bytes() const override { return direct_.memory_bytes(); }

 private:
  DirectShape direct_shape() const {
    DirectShape direct{.input = shape_.input,
                       .step = shape_.stride,
                       .run = shape_.input.channels,
                       .rows = shape_.output.height,
                       .cols = shape_.output.width,
                       .channels = shape_.output.channels,
                       .out_width = shape_.output.width};
    for (int ky = 0; ky < shape_.kernel; ++ky) {
      for (int kx = 0; kx < shape_.kernel; ++kx) {
        direct.taps.push_back({ky - shape_.pad, kx - shape_.pad});
      }
    }
    return direct;
  }

  ConvolutionShape shape_;
  DirectConvolution direct_;
};

}  // namespace

std::unique_ptr<Convolution> make_simple_convolution(const ConvolutionShape& shape) {
  return std::make_unique<SimpleConvolution>(shape);
}

}  // namespace limpid
