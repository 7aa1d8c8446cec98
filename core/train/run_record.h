// What a run folder tells of its training beside the checkpoint: model.safetensors, history.csv,
// summary.txt and run.json (settings, machine, pictures, model, history, how it ended); written at
// the start, after each epoch and at the end, so that an interrupted run has them too.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/split.h"
#include "core/engine/engine.h"
#include "core/model/model.h"
#include "core/train/checkpoint.h"
#include "core/train/run_folder.h"
#include "core/train/run_settings.h"
#include "core/train/trainer.h"

namespace limpid {

class RunRecord {
 public:
  // What the run is about; all must outlive the record.
  struct Subject {
    const RunFolder& folder;
    const RunSettings& settings;
    const Model& model;
    const Dataset& dataset;
    const Split& split;
    Engine& engine;
  };
  explicit RunRecord(const Subject& subject);
  virtual ~RunRecord();

  // Each writes whole files or throws Error naming the one that cannot be written.
  //
  // model.safetensors with the first weights, summary.txt, run.json.
  void start(const std::vector<Tensor>& weights);
  // run.json alone: it goes on with what it says already.
  void resume();
  // All but the summary, after an epoch.
  virtual void epoch(const std::vector<EpochRecord>& history, const std::vector<Tensor>& weights);
  // The same of the last epoch, when the training came to its end: one that is resumed after it may
  // have been cut off here.
  virtual void finish(const std::vector<EpochRecord>& history, const std::vector<Tensor>& weights);
  // run.json says how it ended.
  void end(TrainingEnd end);

  // Once it was started or resumed: what else run.json says under that name, a JSON value as text;
  // empty: nothing.
  void set(const std::string& name, const std::string& json);

 protected:
  const Subject& subject() const { return subject_; }

 private:
  struct Content;
  void write_model(const std::vector<EpochRecord>& history,
                   const std::vector<Tensor>& weights) const;
  void write_run() const;

  const Subject subject_;
  const std::string split_hash_;
  std::unique_ptr<Content> content_;
};

// The record a program keeps of its trainings: this one, or one that leaves more. What takes long
// is left out once `interrupted` says true.
using MakeRunRecord = std::function<std::unique_ptr<RunRecord>(const RunRecord::Subject& subject,
                                                               std::function<bool()> interrupted)>;
std::unique_ptr<RunRecord> make_run_record(const RunRecord::Subject& subject,
                                           std::function<bool()> interrupted);

// A run as its run.json tells it, also while a process trains in it.
struct RecordedRun {
  RunSettings settings;
  Model model;
  std::vector<EpochRecord> history;
  std::string state;  // "running", "finished", "stopped early", "stopped", "diverged"
};

// Throws Error naming the file and what is wrong with it.
RecordedRun read_run(const std::filesystem::path& folder);

// What a run goes on from.
struct RunStart {
  RunSettings settings;
  Model model;
  std::vector<Tensor> weights;           // without a checkpoint: those it began with
  std::optional<Checkpoint> checkpoint;  // none yet when it was ended before its first
};

// Throws Error naming the file and what is wrong with it.
RunStart read_start(const RunFolder& folder);

}  // namespace limpid
