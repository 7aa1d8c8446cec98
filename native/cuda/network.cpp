#include "native/cuda/network.h"

#include <algorithm>
#include <cassert>

#include "native/cuda/loss.h"
#include "native/cuda/optimizer.h"
#include "native/cuda/packing.h"

namespace limpid::cuda {

template <Precision precision>
GpuNetwork<precision>::GpuNetwork(const Model& model, const Limits& limits)
    : model_(model),
      limits_(limits),
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
    after(layout.losses, size_t(limits_.batch) * loss_parts(picture_) * sizeof(double));
    after(layout.place, sizeof(TrainingPlace));
    after(layout.factors, sizeof(UpdateFactors));
    after(layout.training_weights, training_->weight_bytes());
  }
  after(layout.denoising_weights, denoising_.weight_bytes());
  after(layout.values, arena_.floats() * sizeof(float));
  return layout;
}

template <Precision precision>
void GpuNetwork<precision>::allocate() {
  stream_.emplace();
  state_.allocate(*stream_);
  memory_ = DeviceMemory(at_.end);
  denoising_.place(arena_, memory_.at<std::byte>(at_.values),
                   memory_.at<std::byte>(at_.denoising_weights));
  if (!training_) return;
  training_->place(arena_, memory_.at<std::byte>(at_.values),
                   memory_.at<std::byte>(at_.training_weights));
  losses_.resize(size_t(limits_.batch) * loss_parts(picture_));
  for (int n = 0; n <= limits_.batch; ++n) learning_.push_back(std::make_unique<Graph>());
  training_->load(*stream_, state_);
}

template <Precision precision>
void GpuNetwork<precision>::denoise(ConstBatch noisy, Batch restored) {
  assert(noisy.shape == picture_ && restored.shape == picture_ && noisy.n == restored.n);
  DeviceStream& stream = *stream_;
  if (denoising_is_stale_) denoising_.load(stream, state_);
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
  DeviceStream& stream = *stream_;
  const size_t bytes = noisy.n * picture_.count() * sizeof(float);
  stream.upload(memory_.at<float>(at_.noisy), noisy.data.data(), bytes);
  stream.upload(memory_.at<float>(at_.clean), clean.data.data(), bytes);
  stream.upload(memory_.at<TrainingPlace>(at_.place), &place, sizeof(place));
  learning_[noisy.n]->run(stream, [&] { learn(noisy.n); });
  const size_t losses = size_t(noisy.n) * loss_parts(picture_);
  stream.download(losses_.data(), memory_.at<double>(at_.losses), losses * sizeof(double));
  denoising_is_stale_ = true;  // running statistics may have moved
  double sum = 0;
  for (size_t i = 0; i < losses; ++i) sum += losses_[i];
  return sum;
}

template <Precision precision>
void GpuNetwork<precision>::learn(int n) {
  DeviceStream& stream = *stream_;
  const TrainingPlace* const place = memory_.at<TrainingPlace>(at_.place);
  store_pictures(stream, picture_, n, memory_.at<const float>(at_.noisy), training_->picture());
  training_->forward(stream, state_, n, place);
  run_loss<Value<precision>>(stream, {.kind = limits_.loss,
                                      .shape = picture_,
                                      .n = n,
                                      .restored = training_->output(),
                                      .clean = memory_.at<const float>(at_.clean),
                                      .gradient = training_->output_gradient(),
                                      .partial = memory_.at<double>(at_.losses)});
  training_->backward(stream, state_, n, place);
}

template <Precision precision>
void GpuNetwork<precision>::update(const UpdateStep& step) {
  assert(training_ && step.step >= 1);
  DeviceStream& stream = *stream_;
  const bool averaging = step.average_decay > 0;
  const UpdateFactors factors = update_factors(step);
  UpdateFactors* const on_device = memory_.at<UpdateFactors>(at_.factors);
  stream.upload(on_device, &factors, sizeof(factors));
  const UpdateLists lists = state_.lists(averaging);
  (averaging ? updating_average_ : updating_).run(stream, [&] {
    run_update(stream, lists, on_device);
    training_->load(stream, state_);
  });
  denoising_is_stale_ = true;
}

template <Precision precision>
void GpuNetwork<precision>::write(const State& state) {
  state_.write(*stream_, state);
  if (training_) training_->load(*stream_, state_);
  denoising_is_stale_ = true;
}

template <Precision precision>
size_t GpuNetwork<precision>::memory_bytes() const {
  return state_.bytes() + at_.end;
}

template class GpuNetwork<Precision::fp32>;
template class GpuNetwork<Precision::tf32>;
template class GpuNetwork<Precision::bf16>;

}  // namespace limpid::cuda
