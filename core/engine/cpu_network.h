// A model prepared on the CPU.
#pragma once

#include <memory>
#include <optional>

#include "core/engine/arena.h"
#include "core/engine/cpu_program.h"
#include "core/engine/engine.h"
#include "core/engine/thread_pool.h"

namespace limpid {

class CpuNetwork : public Network {
 public:
  // Plans only: memory_bytes() is known, and nothing of that size is allocated before allocate().
  // The sides must suit the model.
  CpuNetwork(const Model& model, const Limits& limits);
  void allocate();

  void denoise(ConstBatch noisy, Batch restored) override;
  double accumulate(ConstBatch noisy, ConstBatch clean, const TrainingPlace& place) override;
  void update(const UpdateStep& step) override;
  State read() const override { return state_; }
  void write(const State& state) override;
  size_t memory_bytes() const override;

 private:
  void load();

  const Model model_;
  const Limits limits_;
  const int threads_;
  const Shape picture_, output_;
  const std::vector<Parameter> parameters_;
  const bool whole_batch_;  // trains on all pictures of a call at once
  Arena arena_;             // of both programs, which never run at one time
  CpuProgram denoising_;
  std::optional<CpuProgram> training_;
  std::unique_ptr<ThreadPool> pool_;
  State state_;
  bool denoising_is_stale_ = true;  // weights have changed since it was loaded
};

}  // namespace limpid
