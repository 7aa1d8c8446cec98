#include "core/engine/convolution.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "core/engine/arena.h"
#include "core/engine/direct_convolution.h"
#include "core/engine/padding.h"
#include "core/engine/phases.h"
#include "core/engine/pooling.h"
#include "core/engine/simple_convolution.h"
#include "core/engine/vector_kernels.h"
#include "core/engine/winograd_convolution.h"
#include "core/engine/xnnpack_convolution.h"

namespace limpid {
namespace {

// Picks the taps of a kernel (out, k, k, in) in the order given: (out, taps, in).
std::vector<float> pick_taps(std::span<const float> kernel, int out, int k, int in,
                             const std::vector<Tap>& places) {
  std::vector<float> picked;
  picked.reserve(size_t(out) * places.size() * in);
  for (int o = 0; o < out; ++o) {
    for (const Tap& place : places) {
      const float* from = &kernel[((size_t(o) * k + place.dy) * k + place.dx) * in];
      picked.insert(picked.end(), from, from + in);
    }
  }
  return picked;
}

// Pools behind a convolution that cannot: its output goes to the scratch first.
class Pooled : public Convolution {
 public:
  Pooled(const ConvolutionShape& shape, std::unique_ptr<Convolution> inner)
      : shape_(shape.output), inner_(std::move(inner)) {}

  void load(ThreadPool& pool, std::span<const float> kernel, std::span<const float> bias) override {
    inner_->load(pool, kernel, bias);
  }
  void run(ThreadPool& pool, const ConvolutionRun& run) override {
    inner_->run(pool,
                {.input = run.input, .output = run.scratch, .scratch = run.scratch + own_floats()});
    max_pool(pool, shape_, run.scratch, run.output, run.winners);
  }
  size_t scratch_floats() const override { return own_floats() + inner_->scratch_floats(); }
  size_t memory_bytes() const override { return inner_->memory_bytes(); }

 private:
  size_t own_floats() const { return shape_.count() + buffer_slack; }

  Shape shape_;
  std::unique_ptr<Convolution> inner_;
};

// Few channels in: the rows of taps of the padded picture are runs of values.
class ThinInput : public Convolution {
 public:
  explicit ThinInput(const ConvolutionShape& shape)
      : shape_(shape),
        padded_(padded_shape(shape.output.height, shape.output.width, shape.input.channels,
                             shape.kernel, shape.stride)),
        direct_(direct_shape()) {}

  void load(ThreadPool&, std::span<const float> kernel, std::span<const float> bias) override {
    direct_.load(kernel, bias);  // (out, ky, kx, in) is (out, taps = ky, run = kx, in) as it is
  }
  void run(ThreadPool& pool, const ConvolutionRun& run) override {
    pad_picture(pool, shape_.input, run.input, shape_.pad, padded_, run.scratch);
    if (shape_.pooled) {
      direct_.run_pooled(pool, run.scratch, run.output, run.winners, shape_.negative);
    } else {
      direct_.run(pool, run.scratch, run.output, shape_.negative);
    }
  }
  size_t scratch_floats() const override { return padded_.count(); }
  size_t memory_bytes() const override { return direct_.memory_bytes(); }

 private:
  DirectShape direct_shape() const {
    DirectShape direct{.input = padded_,
                       .step = shape_.stride,
                       .run = shape_.kernel * shape_.input.channels,
                       .rows = shape_.output.height,
                       .cols = shape_.output.width,
                       .channels = shape_.output.channels,
                       .out_width = shape_.output.width};
    for (int ky = 0; ky < shape_.kernel; ++ky) direct.taps.push_back({ky, 0});
    return direct;
  }

  ConvolutionShape shape_;
  Shape padded_;
  DirectConvolution direct_;
};

// A transposed convolution of stride 2 as four convolutions, one for each phase of the output.
class FourPhases : public Convolution {
 public:
  explicit FourPhases(const ConvolutionShape& shape) : shape_(shape) {
    for (int py = 0; py < 2; ++py) {
      for (int px = 0; px < 2; ++px) {
        const PhaseTaps rows = phase_taps(shape, py), cols = phase_taps(shape, px);
        DirectShape direct{.input = shape.input,
                           .run = shape.input.channels,
                           .rows = shape.input.height,
                           .cols = shape.input.width,
                           .channels = shape.output.channels,
                           .out_step = 2,
                           .out_y = py,
                           .out_x = px,
                           .out_width = shape.output.width};
        std::vector<Tap> places;
        for (size_t i = 0; i < rows.taps.size(); ++i) {
          for (size_t j = 0; j < cols.taps.size(); ++j) {
            direct.taps.push_back({rows.offsets[i], cols.offsets[j]});
            places.push_back({rows.taps[i], cols.taps[j]});
          }
        }
        phases_.emplace_back(direct);
        places_.push_back(std::move(places));
      }
    }
  }

  void load(ThreadPool&, std::span<const float> kernel, std::span<const float> bias) override {
    for (size_t i = 0; i < phases_.size(); ++i) {
      phases_[i].load(pick_taps(kernel, shape_.output.channels, shape_.kernel,
                                shape_.input.channels, places_[i]),
                      bias);
    }
  }
  void run(ThreadPool& pool, const ConvolutionRun& run) override {
    for (const DirectConvolution& phase : phases_) {
      phase.run(pool, run.input, run.output, shape_.negative);
    }
  }
  size_t scratch_floats() const override { return 0; }
  size_t memory_bytes() const override {
    size_t sum = 0;
    for (const DirectConvolution& phase : phases_) sum += phase.memory_bytes();
    return sum;
  }

 private:
  ConvolutionShape shape_;
  std::vector<DirectConvolution> phases_;
  std::vector<std::vector<Tap>> places_;  // of each phase's taps in the kernel
};

// A transposed convolution with few channels out: what each input pixel gives to each tap is
// computed as the channels of a 1 x 1 convolution, which fill whole vectors, then gathered by the
// output.
class TapsAsChannels : public Convolution {
 public:
  explicit TapsAsChannels(const ConvolutionShape& shape)
      : shape_(shape),
        given_(shape.kernel * shape.kernel * shape.output.channels),
        phases_{phase_taps(shape, 0), phase_taps(shape, 1)},
        add_tap_(add_tap_for(shape.output.channels)),
        direct_({.input = shape.input,
                 .taps = {{0, 0}},
                 .run = shape.input.channels,
                 .rows = shape.input.height,
                 .cols = shape.input.width,
                 .channels = given_,
                 .out_width = shape.input.width}) {}

  void load(ThreadPool&, std::span<const float> kernel, std::span<const float> bias) override {
    const size_t out = size_t(shape_.output.channels), in = size_t(shape_.input.channels);
    const size_t taps = size_t(given_) / out;
    std::vector<float> by_tap(kernel.size());  // (tap, out, in)
    for (size_t o = 0; o < out; ++o) {
      for (size_t tap = 0; tap < taps; ++tap) {
        std::copy_n(&kernel[(o * taps + tap) * in], in, &by_tap[(tap * out + o) * in]);
      }
    }
    direct_.load(by_tap, std::vector<float>(size_t(given_), 0.0f));
    bias_.assign(bias.begin(), bias.end());
  }

  void run(ThreadPool& pool, const ConvolutionRun& run) override {
    direct_.run(pool, run.input, run.scratch, 1);
    pool.run(size_t(shape_.output.height), [&](size_t y) { gather_row(int(y), run); });
  }
  size_t scratch_floats() const override {
    return size_t(shape_.input.height) * shape_.input.width * given_;
  }
  size_t memory_bytes() const override {
    return direct_.memory_bytes() + size_t(shape_.output.channels) * sizeof(float);
  }

 private:
  void gather_row(int y, const ConvolutionRun& run) const {
    const size_t c = size_t(shape_.output.channels), values = shape_.output.width * c;
    float* row = run.output + y * values;
    for (size_t i = 0; i < values; i += c) {
      for (size_t o = 0; o < c; ++o) row[i + o] = bias_[o];
    }
    const PhaseTaps& rows = phases_[y % 2];
    for (size_t i = 0; i < rows.taps.size(); ++i) {
      const int from = y / 2 + rows.offsets[i];
      if (from < 0 || from >= shape_.input.height) continue;
      for (int phase = 0; phase < 2; ++phase) {
        const PhaseTaps& cols = phases_[phase];
        for (size_t j = 0; j < cols.taps.size(); ++j) {
          const int tap = rows.taps[i] * shape_.kernel + cols.taps[j];
          (this->*add_tap_)(run.scratch + size_t(from) * shape_.input.width * given_ + tap * c,
                            cols.offsets[j], row + phase * c);
        }
      }
    }
    for (size_t i = 0; i < values; ++i) row[i] = row[i] > 0 ? row[i] : row[i] * shape_.negative;
  }

  // Adds what the pixels x + offset of an input row give to a tap to the pixels 2 x from `to` on.
  template <int Channels>
  void add_tap(const float* given, int offset, float* to) const {
    const int width = shape_.input.width, last = std::min(width, width - offset);
    for (int x = std::max(0, -offset); x < last; ++x) {
      for (int o = 0; o < Channels; ++o) {
        to[size_t(2 * x) * Channels + o] += given[size_t(x + offset) * given_ + o];
      }
    }
  }
  using AddTap = void (TapsAsChannels::*)(const float*, int, float*) const;
  static AddTap add_tap_for(int channels) {
    static_assert(thin_channels == 4);
    constexpr AddTap all[] = {&TapsAsChannels::add_tap<1>, &TapsAsChannels::add_tap<2>,
                              &TapsAsChannels::add_tap<3>, &TapsAsChannels::add_tap<4>};
    return all[channels - 1];
  }

  ConvolutionShape shape_;
  int given_;  // channels of the 1 x 1 convolution: (tap, out)
  std::array<PhaseTaps, 2> phases_;
  AddTap add_tap_;
  DirectConvolution direct_;
  std::vector<float> bias_;
};

}  // namespace

std::unique_ptr<Convolution> make_convolution(const ConvolutionShape& shape, int threads) {
  if (!shape.transposed && shape.input.channels <= thin_channels) {
    return std::make_unique<ThinInput>(shape);
  }
  if (winograd_suits(shape)) return std::make_unique<WinogradConvolution>(shape, threads);
  if (!shape.transposed && shape.output.channels <= vector_kernels().lanes) {
    return make_simple_convolution(shape);
  }
  if (shape.pooled) {  // by none of those below
    ConvolutionShape unpooled = shape;
    unpooled.pooled = false;
    return std::make_unique<Pooled>(shape, make_convolution(unpooled, threads));
  }
  if (!shape.transposed) return make_xnnpack_convolution(shape);
  if (shape.output.channels <= thin_channels) return std::make_unique<TapsAsChannels>(shape);
  return std::make_unique<FourPhases>(shape);
}

ConvolutionShape input_gradient_shape(const ConvolutionShape& forward) {
  ConvolutionShape shape{.input = forward.output,
                         .output = forward.input,
                         .kernel = forward.kernel,
                         .stride = forward.stride,
                         .pad = forward.pad};
  if (forward.stride == 1) {
    assert(!forward.transposed);
    shape.pad = forward.kernel - 1 - forward.pad;
  } else {
    shape.transposed = !forward.transposed;
  }
  return shape;
}

std::vector<float> input_gradient_kernel(std::span<const float> kernel,
                                         const ConvolutionShape& forward) {
  const int out = forward.output.channels, in = forward.input.channels, k = forward.kernel;
  const bool turned = forward.stride == 1;
  std::vector<float> result(kernel.size());
  for (int o = 0; o < out; ++o) {
    for (int tap = 0; tap < k * k; ++tap) {
      const float* from = &kernel[(size_t(o) * k * k + tap) * in];
      const int to = turned ? k * k - 1 - tap : tap;
      for (int i = 0; i < in; ++i) result[(size_t(i) * k * k + to) * out + o] = from[i];
    }
  }
  return result;
}

}  // namespace limpid
