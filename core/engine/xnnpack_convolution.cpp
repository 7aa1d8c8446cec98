#include "core/engine/xnnpack_convolution.h"

#include <xnnpack.h>

#include <algorithm>
#include <cassert>
#include <limits>

#include "core/engine/activation.h"
#include "core/error.h"

namespace limpid {
namespace {

void require(xnn_status status, const char* what) {
  if (status == xnn_status_success) return;
  throw Error(std::string("cpu: XNNPACK could not ") + what + " (status " +
              std::to_string(int(status)) +
              (status == xnn_status_out_of_memory ? ", out of memory)" : ")"));
}

class XnnpackConvolution : public Convolution {
 public:
  explicit XnnpackConvolution(const ConvolutionShape& shape) : shape_(shape) {
    require(xnn_initialize(nullptr), "start on this processor");
  }

  // XNNPACK packs the kernel when an operator is created, so a new one takes the old one's place.
  void load(ThreadPool& pool, std::span<const float> kernel, std::span<const float> bias) override {
    assert(kernel.size() == kernel_count());
    operator_.reset();
    const float infinity = std::numeric_limits<float>::infinity();
    const auto after = [&](int out, int in) {
      return uint32_t(std::max(0, (out - 1) * shape_.stride + shape_.kernel - in - shape_.pad));
    };
    const uint32_t top = uint32_t(shape_.pad), left = uint32_t(shape_.pad);
    const uint32_t bottom = after(shape_.output.height, shape_.input.height);
    const uint32_t right = after(shape_.output.width, shape_.input.width);
    const uint32_t side = uint32_t(shape_.kernel), step = uint32_t(shape_.stride);
    const size_t in = size_t(shape_.input.channels), out = size_t(shape_.output.channels);
    xnn_operator_t made = nullptr;
    require(xnn_create_convolution2d_nhwc_f32(
                top, right, bottom, left, side, side, step, step, /*dilation*/ 1, 1,
                /*groups*/ 1, in, out, /*pixel strides*/ in, out, kernel.data(), bias.data(),
                shape_.negative == 0 ? 0.0f : -infinity, infinity, /*flags*/ 0,
                /*code cache*/ nullptr, /*weights cache*/ nullptr, &made),
            "create a convolution");
    operator_.reset(made);
    size_t workspace = 0, alignment = 0, height = 0, width = 0;
    require(xnn_reshape_convolution2d_nhwc_f32(made, 1, size_t(shape_.input.height),
                                               size_t(shape_.input.width), &workspace, &alignment,
                                               &height, &width, pool.handle()),
            "size a convolution");
    assert(int(height) == shape_.output.height && int(width) == shape_.output.width);
    if (workspace > 0) throw Error("cpu: this XNNPACK asks for memory that was not planned");
  }

  void run(ThreadPool& pool, const ConvolutionRun& run) override {
    require(xnn_setup_convolution2d_nhwc_f32(operator_.get(), nullptr, run.input, run.output),
            "set up a convolution");
    require(xnn_run_operator(operator_.get(), pool.handle()), "run a convolution");
    if (shape_.negative != 0 && shape_.negative != 1) {
      leaky_relu(pool, shape_.negative, {run.output, shape_.output.count()});
    }
  }

  size_t scratch_floats() const override { return 0; }

  size_t memory_bytes() const override {
    // The packed kernel, its channels rounded up to tiles of 32, and a pointer a tap and pixel.
    const size_t taps = size_t(shape_.kernel) * shape_.kernel;
    const size_t channels = (size_t(shape_.output.channels) + 31) / 32 * 32;
    return channels * (taps * shape_.input.channels + 1) * sizeof(float) +
           taps * shape_.output.height * shape_.output.width * sizeof(void*);
  }

 private:
  size_t kernel_count() const {
    return size_t(shape_.output.channels) * shape_.kernel * shape_.kernel * shape_.input.channels;
  }

  struct Deleter {
    void operator()(xnn_operator_t op) const { xnn_delete_operator(op); }
  };
  ConvolutionShape shape_;
  std::unique_ptr<xnn_operator, Deleter> operator_;
};

}  // namespace

std::unique_ptr<Convolution> make_xnnpack_convolution(const ConvolutionShape& shape) {
  assert(!shape.transposed && !shape.pooled);
  return std::make_unique<XnnpackConvolution>(shape);
}

}  // namespace limpid
