// What a run folder shows of its training: its record (core/train/run_record.h) and beside it the
// curves and pictures (loss.png, grid.png) and their scores.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "core/denoise.h"
#include "core/train/run_record.h"
#include "native/report/example.h"
#include "native/report/scores.h"

namespace limpid {

// Over all test pictures, once the training is over.
struct FinalScores {
  size_t pictures = 0;
  Quality noisy;
  Quality restored;
};

// {"pictures", "noisy", "restored"}.
Json json_of(const FinalScores& scores);

class RunReport : public RunRecord {
 public:
  // `interrupted` true: pictures are left as they were drawn last.
  RunReport(const Subject& subject, std::function<bool()> interrupted)
      : RunRecord(subject), interrupted_(std::move(interrupted)) {}

  // Each throws Error naming the file that cannot be written.
  //
  // Record, curves and pictures of the last epoch, unless they are there.
  void finish(const std::vector<EpochRecord>& history, const std::vector<Tensor>& weights) override;
  // Told in run.json.
  void set_final(const std::optional<FinalScores>& scores);

  // The first five test pictures as last drawn: of the size that the grid shows.
  const std::vector<Example>& examples() const { return examples_; }

  // None when interrupted. `progress`: pictures that are scored, of all.
  std::optional<FinalScores> final_scores(
      const std::vector<Tensor>& weights,
      const std::function<void(size_t, size_t)>& progress = {}) const;

 private:
  // Curves and pictures, unless epochs are so short that drawing would take more than a twentieth
  // of the time.
  void show(const std::vector<EpochRecord>& history, const std::vector<Tensor>& weights) override;
  void draw(const std::vector<EpochRecord>& history, const std::vector<Tensor>& weights);
  void write_loss(const std::vector<EpochRecord>& history) const;
  Denoiser denoiser(const std::vector<Tensor>& weights) const;
  // Its restored picture is empty when interrupted.
  Example example(Denoiser& denoiser, size_t picture) const;

  const std::function<bool()> interrupted_;
  std::vector<Example> examples_;
  size_t drawn_epochs_ = 0;
  Renewal drawing_;
};

}  // namespace limpid
