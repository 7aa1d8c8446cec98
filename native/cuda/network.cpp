#include "native/cuda/network.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "native/cuda/loss.h"
#include "native/cuda/packing.h"

namespace limpid::cuda {
namespace {

constexpr uint32_t most_untold_losses = 256;

std::vector<std::unique_ptr<Graph>> graphs(int count) {
  std::vector<std::unique_ptr<Graph>> graphs;
  for (int i = 0; i < count; ++i) graphs.push_back(std::make_unique<Graph>());
  return graphs;
}

// When pictures are held: of graphs, and of code, which comes with its first use.
constexpr size_t left_free_bytes = size_t(256) << 20;

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
    after(layout.instructions, samples_at + size_t(limits_.batch) * sizeof(Sample));
    after(layout.partial, size_t(limits_.batch) * loss_parts(picture_) * sizeof(double));
    after(layout.losses, most_untold_losses * sizeof(double));
    after(layout.clipping, sizeof(Clipping));
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
  restoring_ = graphs(pictures_at_once() + 1);
  if (!training_) return;
  training_->place(*stream_, state_, arena_, memory_.at<std::byte>(at_.values),
                   memory_.at<std::byte>(at_.training_weights));
  instructions_.resize(samples_at + size_t(limits_.batch) * sizeof(Sample));
  learning_ = graphs(limits_.batch + 1);
  for (auto& way : updating_) way = graphs(limits_.batch + 1);
  training_->load(*stream_);
}

template <Precision precision>
void GpuNetwork<precision>::denoise(ConstBatch noisy, Batch restored) {
  assert(noisy.shape == picture_ && restored.shape == picture_ && noisy.n == restored.n);
  use_device(device_);
  learn_waiting();
  DeviceStream& stream = *stream_;
  if (denoising_is_stale_) denoising_.load(stream);
  denoising_is_stale_ = false;
  // While the GPU restores some pictures, those before come down and those after go up.
  const int some = pictures_at_once();
  const bool overlaps = noisy.n > some && 2 * some <= limits_.batch;
  if (overlaps && !downloads_[0]) {
    for (auto& download : downloads_) download.emplace(some * picture_.count() * sizeof(float));
  }
  int before = -1;  // the first picture whose download is under way
  for (int first = 0, i = 0; first < noisy.n; first += some, i = overlaps ? 1 - i : 0) {
    const int n = std::min(some, noisy.n - first);
    const size_t bytes = n * picture_.count() * sizeof(float);
    float* const pictures = memory_.at<float>(at_.noisy) + i * some * picture_.count();
    stream.upload(pictures, noisy.picture(first).data(), bytes);
    store_pictures(stream, picture_, n, pictures, denoising_.picture());
    restoring_[size_t(n)]->run(stream, [&] { denoising_.forward(stream, state_, n, nullptr); });
    take_pictures(stream, picture_, n, denoising_.output(), pictures);
    if (!overlaps) {
      stream.download(restored.picture(first).data(), pictures, bytes);
      continue;
    }
    downloads_[i]->begin(stream, pictures, bytes);
    if (before >= 0) downloads_[1 - i]->finish(restored.picture(before).data());
    before = first;
    if (first + some >= noisy.n) downloads_[i]->finish(restored.picture(first).data());
  }
}

// So few that two times as many fit where a batch does, and pinning memory for them is no burden;
// so many that they keep a GPU busy.
template <Precision precision>
int GpuNetwork<precision>::pictures_at_once() const {
  constexpr size_t busy_bytes = size_t(6) << 20;
  const size_t fit = busy_bytes / (picture_.count() * sizeof(float));
  return int(std::clamp(fit, size_t(1), size_t(std::max(1, limits_.batch / 2))));
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
  instructions().place = place;
  instructions().loss = untold_++;
  instruct(0);
  learning_[noisy.n]->run(stream, [&, n = noisy.n] {
    store_pictures(stream, picture_, n, pictures, training_->picture());
    learn(n);
  });
  denoising_is_stale_ = true;  // running statistics may have moved
  return losses().front();
}

template <Precision precision>
bool GpuNetwork<precision>::hold(std::span<const Raster* const> pictures) {
  assert(training_ && held_.bytes() == 0);
  use_device(device_);
  const size_t bytes = HeldPictures::bytes(pictures);
  const size_t limit = limits_.memory_bytes;
  if (limit > 0 && memory_bytes() + bytes > limit) return false;
  if (bytes + left_free_bytes > free_device_bytes()) return false;
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
  learn_waiting();
  if (untold_ == most_untold_losses) take_losses();
  instructions().place = place;
  instructions().loss = untold_++;
  std::memcpy(instructions_.data() + samples_at, samples.data(), samples.size_bytes());
  waiting_ = n;
  denoising_is_stale_ = true;
}

template <Precision precision>
void GpuNetwork<precision>::instruct(int samples) const {
  stream_->upload(memory_.at<std::byte>(at_.instructions), instructions_.data(),
                  samples_at + size_t(samples) * sizeof(Sample));
}

template <Precision precision>
void GpuNetwork<precision>::learn_waiting() const {
  const int n = std::exchange(waiting_, 0);
  if (n == 0) return;
  instruct(n);
  learning_samples_[size_t(n)]->run(*stream_, [&] { learn_samples(n); });
}

template <Precision precision>
void GpuNetwork<precision>::learn_samples(int n) const {
  make_samples<Value<precision>>(*stream_,
                                 {.shape = picture_,
                                  .n = n,
                                  .pictures = held_.table(),
                                  .samples = memory_.at<Sample>(at_.instructions + samples_at),
                                  .clean = memory_.at<float>(at_.clean),
                                  .noisy = training_->picture()});
  learn(n);
}

template <Precision precision>
std::vector<double> GpuNetwork<precision>::losses() {
  use_device(device_);
  learn_waiting();
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

// Forward and backward, of pictures that lie where both begin.
template <Precision precision>
void GpuNetwork<precision>::learn(int n) const {
  DeviceStream& stream = *stream_;
  const Instructions* const on_device = memory_.at<Instructions>(at_.instructions);
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
}

template <Precision precision>
void GpuNetwork<precision>::update(const UpdateStep& step) {
  assert(training_ && step.step >= 1);
  use_device(device_);
  DeviceStream& stream = *stream_;
  const bool averaging = step.average_decay > 0;
  const bool clipping = step.clip_norm > 0;
  UpdateLists lists = state_.lists(averaging);
  if (clipping) lists.clipping = memory_.at<Clipping>(at_.clipping);
  const int n = std::exchange(waiting_, 0);
  instructions().factors = update_factors(step);
  instruct(n);
  updating_[2 * clipping + averaging][size_t(n)]->run(stream, [&] {
    if (n > 0) learn_samples(n);
    run_update(stream, lists, &memory_.at<Instructions>(at_.instructions)->factors);
    training_->load(stream);
  });
  denoising_is_stale_ = true;
}

template <Precision precision>
State GpuNetwork<precision>::read() const {
  use_device(device_);
  learn_waiting();
  return state_.read(*stream_);
}

template <Precision precision>
void GpuNetwork<precision>::write(const State& state) {
  use_device(device_);
  learn_waiting();
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
