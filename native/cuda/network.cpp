#include "native/cuda/network.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/error.h"
#include "native/cuda/loss.h"
#include "native/cuda/optimizer.h"
#include "native/cuda/packing.h"

namespace limpid::cuda {
namespace {

constexpr uint32_t most_untold_losses = 256;

std::vector<std::unique_ptr<Graph>> graphs(int count) {
  std::vector<std::unique_ptr<Graph>> graphs;
  for (int i = 0; i < count; ++i) graphs.push_back(std::make_unique<Graph>());
  return graphs;
}

}  // namespace

template <Precision precision>
GpuNetwork<precision>::GpuNetwork(const Model& model, const Limits& limits, int device)
    : model_(model),
      limits_(limits),
      device_(device),
      picture_{limits.height, limits.width, model.channels},
      state_(model_, limits.training),
      denoising_(model_, picture_, Purpose::denoise, limits.batch) {
  const int time = denoising_.reserve(arena_, 0);
  if (limits.training) {
    training_.emplace(model_, picture_, Purpose::train, limits.batch);
    training_->reserve(arena_, time);
  }
  arena_.plan();
  at_ = layout();
}

template <Precision precision>
typename GpuNetwork<precision>::Layout GpuNetwork<precision>::layout() const {
  Layout layout;
  const auto after = [&layout](size_t& place, size_t bytes) {
    place = layout.end;
    layout.end += aligned_bytes(bytes);
  };
  const size_t pictures = size_t(limits_.batch) * picture_.count() * sizeof(float);
  after(layout.noisy, pictures);
  if (training_) {
    after(layout.clean, pictures);
    after(layout.samples, size_t(limits_.batch) * sizeof(Sample));
    after(layout.call, sizeof(Call));
    after(layout.partial, size_t(limits_.batch) * loss_parts(picture_) * sizeof(double));
    after(layout.losses, most_untold_losses * sizeof(double));
    after(layout.factors, sizeof(UpdateFactors));
    after(layout.training_weights, training_->weight_bytes());
  }
  after(layout.denoising_weights, denoising_.weight_bytes());
  after(layout.values, arena_.floats() * sizeof(float));
  return layout;
}

// Its members are released on their GPU; where that has vanished there is nothing to release.
template <Precision precision>
GpuNetwork<precision>::~GpuNetwork() {
  try {
    use_device(device_);
  } catch (const Error&) {
  }
}

template <Precision precision>
void GpuNetwork<precision>::allocate() {
  use_device(device_);
  stream_.emplace();
  state_.allocate(*stream_);
  memory_ = DeviceMemory(at_.end);
  denoising_.place(*stream_, state_, arena_, memory_.at<std::byte>(at_.values),
                   memory_.at<std::byte>(at_.denoising_weights));
  if (!training_) return;
  training_->place(*stream_, state_, arena_, memory_.at<std::byte>(at_.values),
                   memory_.at<std::byte>(at_.training_weights));
  learning_ = graphs(limits_.batch + 1);
  training_->load(*stream_);
}

template <Precision precision>
void GpuNetwork<precision>::denoise(ConstBatch noisy, Batch restored) {
  assert(noisy.shape == picture_ && restored.shape == picture_ && noisy.n == restored.n);
  use_device(device_);
  DeviceStream& stream = *stream_;
  if (denoising_is_stale_) denoising_.load(stream);
  denoising_is_stale_ = false;
  float* const pictures = memory_.at<float>(at_.noisy);
  for (int first = 0; first < noisy.n; first += limits_.batch) {
    const int n = std::min(limits_.batch, noisy.n - first);
    const size_t bytes = n * picture_.count() * sizeof(float);
    stream.upload(pictures, noisy.picture(first).data(), bytes);
    store_pictures(stream, picture_, n, pictures, denoising_.picture());
    denoising_.forward(stream, state_, n, nullptr);
    take_pictures(stream, picture_, n, denoising_.output(), pictures);
    stream.download(restored.picture(first).data(), pictures, bytes);
  }
}

template <Precision precision>
double GpuNetwork<precision>::accumulate(ConstBatch noisy, ConstBatch clean,
                                         const TrainingPlace& place) {
  assert(training_ && noisy.n <= limits_.batch && noisy.n == clean.n);
  assert(noisy.shape == picture_ && clean.shape == picture_);
  assert(untold_ == 0 && told_.empty());
  use_device(device_);
  DeviceStream& stream = *stream_;
  const size_t bytes = noisy.n * picture_.count() * sizeof(float);
  float* const pictures = memory_.at<float>(at_.noisy);
  stream.upload(pictures, noisy.data.data(), bytes);
  stream.upload(memory_.at<float>(at_.clean), clean.data.data(), bytes);
  learn(*learning_[noisy.n], noisy.n, place,
        [&, n = noisy.n] { store_pictures(stream, picture_, n, pictures, training_->picture()); });
  return losses().front();
}

template <Precision precision>
bool GpuNetwork<precision>::hold(std::span<const CompactImage* const> pictures) {
  assert(training_ && held_.bytes() == 0);
  use_device(device_);
  const size_t bytes = HeldPictures::bytes(pictures);
  const size_t limit = limits_.memory_bytes;
  if (limit > 0 && memory_bytes() + bytes > limit) return false;
  if (bytes > free_device_bytes()) return false;
  held_ = HeldPictures(*stream_, pictures);
  learning_samples_ = graphs(limits_.batch + 1);
  return true;
}

template <Precision precision>
void GpuNetwork<precision>::accumulate_samples(std::span<const Sample> samples,
                                               const TrainingPlace& place) {
  const int n = int(samples.size());
  assert(held_.bytes() > 0 && n <= limits_.batch);
  use_device(device_);
  if (untold_ == most_untold_losses) take_losses();
  DeviceStream& stream = *stream_;
  Sample* const on_device = memory_.at<Sample>(at_.samples);
  stream.upload(on_device, samples.data(), samples.size_bytes());
  learn(*learning_samples_[n], n, place, [&] {
    make_samples<Value<precision>>(stream, {.shape = picture_,
                                            .n = n,
                                            .pictures = held_.table(),
                                            .samples = on_device,
                                            .clean = memory_.at<float>(at_.clean),
                                            .noisy = training_->picture()});
  });
}

template <Precision precision>
std::vector<double> GpuNetwork<precision>::losses() {
  use_device(device_);
  take_losses();
  return std::exchange(told_, {});
}

template <Precision precision>
void GpuNetwork<precision>::take_losses() {
  if (untold_ == 0) return;
  const size_t told = told_.size();
  told_.resize(told + untold_);
  stream_->download(told_.data() + told, memory_.at<double>(at_.losses), untold_ * sizeof(double));
  untold_ = 0;
}

// Forward and backward, of pictures that `fill_in` brings to where both begin.
template <Precision precision>
void GpuNetwork<precision>::learn(Graph& graph, int n, const TrainingPlace& place,
                                  const std::function<void()>& fill_in) {
  DeviceStream& stream = *stream_;
  const Call call{place, untold_++};
  Call* const on_device = memory_.at<Call>(at_.call);
  stream.upload(on_device, &call, sizeof(call));
  graph.run(stream, [&] {
    fill_in();
    training_->forward(stream, state_, n, &on_device->place);
    run_loss<Value<precision>>(stream, {.kind = limits_.loss,
                                        .shape = picture_,
                                        .n = n,
                                        .restored = training_->output(),
                                        .clean = memory_.at<const float>(at_.clean),
                                        .gradient = training_->output_gradient(),
                                        .partial = memory_.at<double>(at_.partial),
                                        .sums = memory_.at<double>(at_.losses),
                                        .sum_place = &on_device->loss});
    training_->backward(stream, state_, n, &on_device->place);
  });
  denoising_is_stale_ = true;  // running statistics may have moved
}

template <Precision precision>
void GpuNetwork<precision>::update(const UpdateStep& step) {
  assert(training_ && step.step >= 1);
  use_device(device_);
  DeviceStream& stream = *stream_;
  const bool averaging = step.average_decay > 0;
  const UpdateFactors factors = update_factors(step);
  UpdateFactors* const on_device = memory_.at<UpdateFactors>(at_.factors);
  stream.upload(on_device, &factors, sizeof(factors));
  const UpdateLists lists = state_.lists(averaging);
  (averaging ? updating_average_ : updating_).run(stream, [&] {
    run_update(stream, lists, on_device);
    training_->load(stream);
  });
  denoising_is_stale_ = true;
}

template <Precision precision>
State GpuNetwork<precision>::read() const {
  use_device(device_);
  return state_.read(*stream_);
}

template <Precision precision>
void GpuNetwork<precision>::write(const State& state) {
  use_device(device_);
  state_.write(*stream_, state);
  if (training_) training_->load(*stream_);
  denoising_is_stale_ = true;
}

template <Precision precision>
size_t GpuNetwork<precision>::memory_bytes() const {
  return state_.bytes() + at_.end + held_.bytes();
}

template class GpuNetwork<Precision::fp32>;
template class GpuNetwork<Precision::tf32>;
template class GpuNetwork<Precision::bf16>;

}  // namespace limpid::cuda
