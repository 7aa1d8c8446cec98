#include "core/engine/cpu_network.h"

#include <algorithm>
#include <cassert>

#include "core/engine/loss.h"
#include "core/engine/network_state.h"

namespace limpid {
CpuNetwork::CpuNetwork(const Model& model, const Limits& limits)
    : model_(model),
      limits_(limits),
      threads_(limits.threads == 0 ? machine_threads() : limits.threads),
      picture_{limits.height, limits.width, model.channels},
      output_(output_shapes(model, picture_).back()),
      parameters_(parameters(model)),
      whole_batch_(has_layer(model, LayerKind::batch_norm)),
      denoising_(model_, picture_, Purpose::denoise, 1, threads_) {
  int time = denoising_.reserve(arena_, 0);
  if (limits.training) {
    training_.emplace(model_, picture_, Purpose::train, whole_batch_ ? limits.batch : 1, threads_);
    training_->reserve(arena_, time);
  }
  arena_.plan();
}

void CpuNetwork::allocate() {
  pool_ = std::make_unique<ThreadPool>(threads_);
  arena_.allocate();
  denoising_.find(arena_);
  if (training_) training_->find(arena_);
  state_ = zero_state(model_, limits_.training);
  load();
}

void CpuNetwork::load() {
  if (training_) training_->load(*pool_, state_.weights);
  // A network that trains denoises now and then only: its weights are packed when it does.
  denoising_is_stale_ = training_.has_value();
  if (!training_) denoising_.load(*pool_, state_.weights);
}

void CpuNetwork::denoise(ConstBatch noisy, Batch restored) {
  assert(noisy.shape == picture_ && restored.shape == output_ && noisy.n == restored.n);
  if (denoising_is_stale_) denoising_.load(*pool_, state_.weights);
  denoising_is_stale_ = false;
  for (int i = 0; i < noisy.n; ++i) {
    const std::span<const float> from = noisy.picture(i);
    const std::span<float> to = restored.picture(i);
    std::copy(from.begin(), from.end(), denoising_.picture(0));
    denoising_.forward(*pool_, 1, {}, state_);
    std::copy_n(denoising_.output(0), to.size(), to.begin());
  }
}

double CpuNetwork::accumulate(ConstBatch noisy, ConstBatch clean, const TrainingPlace& place) {
  assert(training_ && noisy.n <= limits_.batch && noisy.n == clean.n);
  assert(noisy.shape == picture_ && clean.shape == picture_);
  double sum = 0;
  const int together = whole_batch_ ? noisy.n : 1;
  for (int first = 0; first < noisy.n; first += together) {
    TrainingPlace here = place;
    here.picture += uint32_t(first);
    for (int i = 0; i < together; ++i) {
      const std::span<const float> from = noisy.picture(first + i);
      std::copy(from.begin(), from.end(), training_->picture(i));
    }
    training_->forward(*pool_, together, here, state_);
    for (int i = 0; i < together; ++i) {
      const size_t count = picture_.count();
      sum +=
          loss_gradient(limits_.loss, std::span<const float>(training_->output(i), count),
                        clean.picture(first + i), std::span(training_->output_gradient(i), count));
    }
    training_->backward(*pool_, together, here, state_);
  }
  if (whole_batch_) denoising_is_stale_ = true;  // running statistics have moved
  return sum;
}

void CpuNetwork::update(const UpdateStep& step) {
  assert(training_);
  update_state(state_, step, parameters_);
  load();
}

void CpuNetwork::write(const State& state) {
  write_state(state_, state, model_, limits_.training);
  load();
}

// State's lists, the average among them, count whether they are in use yet or not.
size_t CpuNetwork::memory_bytes() const {
  size_t weights = 0;
  for (const Parameter& parameter : parameters_) weights += parameter.count();
  return arena_.floats() * sizeof(float) + weights * sizeof(float) * (training_ ? 5 : 1) +
         denoising_.weight_bytes() + (training_ ? training_->weight_bytes() : 0);
}

}  // namespace limpid
