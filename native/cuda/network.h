// A model prepared on a GPU.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/engine/arena.h"
#include "core/engine/engine.h"
#include "native/cuda/device_state.h"
#include "native/cuda/optimizer.h"
#include "native/cuda/program.h"
#include "native/cuda/sample.h"

namespace limpid::cuda {

// All pictures of a call run through together, as many as Limits::batch allows. Samples are not
// learned before something asks for what comes of them; as a rule that is update(), and the step is
// then one upload and one graph.
template <Precision precision>
class GpuNetwork : public Network {
 public:
  // Plans only: memory_bytes() is known, and the GPU is not asked for anything before allocate().
  // The sides must suit the model.
  GpuNetwork(const Model& model, const Limits& limits, int device);
  ~GpuNetwork() override;
  void allocate();

  void denoise(ConstBatch noisy, Batch restored) override;
  double accumulate(ConstBatch noisy, ConstBatch clean, const TrainingPlace& place) override;
  bool hold(std::span<const Raster* const> pictures) override;
  void accumulate_samples(std::span<const Sample> samples, const TrainingPlace& place) override;
  std::vector<double> losses() override;
  void update(const UpdateStep& step) override;
  State read() const override;
  void write(const State& state) override;
  size_t memory_bytes() const override;

 private:
  // Where things lie in memory_, in bytes.
  struct Layout {
    size_t noisy = 0, clean = 0, instructions = 0, partial = 0;  // of a call
    size_t losses = 0;                                           // of many
    size_t clipping = 0;                                         // of an update
    size_t denoising_weights = 0, training_weights = 0;
    size_t values = 0;  // the arena's
    size_t end = 0;
  };
  // What differs from step to step, and so is read from the GPU's memory. Behind it lie samples.
  struct Instructions {
    TrainingPlace place = {};
    uint32_t loss = 0;  // its place among the losses
    UpdateFactors factors = {};
  };
  static constexpr size_t samples_at = aligned_bytes(sizeof(Instructions));

  Layout layout() const;
  int pictures_at_once() const;  // that denoise() takes, of those it is given
  Instructions& instructions() { return *reinterpret_cast<Instructions*>(instructions_.data()); }
  void instruct(int samples) const;  // uploads what comes next
  void learn(int n) const;
  void learn_samples(int n) const;
  void learn_waiting() const;
  void take_losses();

  const Model model_;
  const Limits limits_;
  const int device_;  // of device.h
  const Shape picture_;
  DeviceState state_;
  Arena arena_;  // of both programs, which never run at one time
  Program<precision> denoising_;
  std::optional<Program<precision>> training_;
  Layout at_;

  DeviceMemory memory_;
  HeldPictures held_;
  mutable std::optional<DeviceStream> stream_;  // behind them: at the end it waits for its work
  std::vector<std::byte> instructions_;         // as they lie there
  mutable int waiting_ = 0;                     // of the samples behind them, not learned yet
  uint32_t untold_ = 0;                         // losses of calls that lie on the device
  std::vector<double> told_;                    // of calls before them
  std::array<std::optional<Download>, 2> downloads_;  // that denoise() uses in turn
  std::vector<std::unique_ptr<Graph>> learning_, learning_samples_, restoring_;  // by the number of
                                                                                 // pictures
  // With an average of the weights, with clipping, with both; each by the number of waiting
  // samples.
  std::array<std::vector<std::unique_ptr<Graph>>, 4> updating_;
  bool denoising_is_stale_ = true;  // weights have changed since it was loaded
};

}  // namespace limpid::cuda
