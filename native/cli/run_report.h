// What a run folder shows of its training: written at the start, after each epoch and at the end,
// so that an interrupted run has it too.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/split.h"
#include "core/engine/engine.h"
#include "core/train/checkpoint.h"
#include "native/cli/example.h"
#include "native/cli/run_folder.h"
#include "native/cli/run_settings.h"

namespace limpid {

// Over all test pictures, once the training is over.
struct FinalScores {
  size_t pictures = 0;
  Quality noisy;
  Quality restored;
};

class RunReport {
 public:
  // What the run is about; all must outlive the report.
  struct Subject {
    const RunFolder& folder;
    const RunSettings& settings;
    const Model& model;
    const Dataset& dataset;
    const Split& split;
    Engine& engine;
  };
  explicit RunReport(const Subject& subject);

  // Each throws Error naming the file that cannot be written.
  //
  // model.safetensors with the first weights, summary.txt, run.json.
  void start(const std::vector<Tensor>& weights);
  // run.json alone: it goes on with what it says already.
  void resume();
  // All but the summary, after an epoch.
  void epoch(const std::vector<EpochRecord>& history, const std::vector<Tensor>& weights);
  // run.json says how it ended.
  void end(const std::string& state, const std::optional<FinalScores>& scores);

  // The first five test pictures, as the last epoch restored them.
  const std::vector<Example>& examples() const { return examples_; }

  // None when interrupted.
  std::optional<FinalScores> final_scores(const std::vector<Tensor>& weights) const;

 private:
  void write_model(const std::vector<Tensor>& weights) const;
  void write_loss() const;
  void write_run(const std::string& state);
  Denoiser denoiser(const std::vector<Tensor>& weights) const;
  ExampleNoise noise_of(size_t picture) const;

  const Subject subject_;
  const std::string split_hash_;
  std::vector<EpochRecord> history_;
  std::vector<Example> examples_;
  nlohmann::ordered_json run_;  // run.json
};

// The weights that are the model's after that checkpoint: the best epoch's where they are kept,
// else the moving average where there is one, else the last.
const std::vector<Tensor>& model_weights(const Checkpoint& checkpoint);

}  // namespace limpid
