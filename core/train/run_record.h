// What a run folder tells of its training: checkpoint.safetensors, model.safetensors, history.csv,
// summary.txt and run.json (settings, machine, pictures, model, history, how it ended); written at
// the start, after epochs and at the end, so that an interrupted run has them too.
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
#include "core/train/renewal.h"
#include "core/train/run_folder.h"
#include "core/train/run_settings.h"
#include "core/train/trainer.h"

namespace limpid {

// As run.json names the state of a run that ended so: "finished", "stopped", ...
std::string to_string(TrainingEnd end);

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
  // By `renewal` the files are written after epochs.
  explicit RunRecord(const Subject& subject, Renewal renewal = Renewal());
  virtual ~RunRecord();

  // Each writes whole files or throws Error naming the one that cannot be written.
  //
  // model.safetensors with the first weights, summary.txt, run.json.
  void start(const std::vector<Tensor>& weights);
  // run.json alone: it goes on with what it says already.
  void resume();
  // The checkpoint that a trainer hands over, and after an epoch all but the summary. False when
  // that is held back, because epochs are so short that writing would take more than a twentieth of
  // the time: it is written before whatever comes next that is not held back, `every_s` seconds
  // after the files at the latest, and at the end.
  bool keep(const Checkpoint& checkpoint, double every_s = 60);
  // All but the checkpoint and the summary, of the last epoch.
  void epoch(const std::vector<EpochRecord>& history, const std::vector<Tensor>& weights);
  // The same of the last epoch, when the training came to its end, unless it is written: one that
  // is resumed after it may have been cut off here.
  virtual void finish(const std::vector<EpochRecord>& history, const std::vector<Tensor>& weights);
  // run.json says how it ended.
  void end(TrainingEnd end);
  // The same of a training that an exception ended, whose sentence it is; what was held back is
  // written too. Where that fails (the same full disk) it is left: throws nothing. Before run.json
  // is begun it does nothing.
  void fail(const std::string& sentence) noexcept;

  // Once it was started or resumed: what else run.json says under that name, a JSON value as text;
  // empty: nothing.
  void set(const std::string& name, const std::string& json);

 protected:
  const Subject& subject() const { return subject_; }

  // What else there is to be told of an epoch whose files have just been written.
  virtual void show(const std::vector<EpochRecord>& /*history*/,
                    const std::vector<Tensor>& /*weights*/) {}

 private:
  struct Content;
  void keep_epoch(const Checkpoint& checkpoint);
  void keep_held();
  void write_kept(const Checkpoint& checkpoint);
  void write_epoch(const std::vector<EpochRecord>& history, const std::vector<Tensor>& weights);
  void write_model(const std::vector<EpochRecord>& history,
                   const std::vector<Tensor>& weights) const;
  void write_run() const;

  const Subject subject_;
  const std::string split_hash_;
  Renewal renewal_;
  std::optional<Checkpoint> held_;  // of an epoch's end, held back
  size_t epochs_ = 0;               // whose end was kept, held back or not
  size_t written_epochs_ = 0;       // that the files tell of
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
  std::string state;  // "running", "finished", "stopped early", "stopped", "diverged", "failed"
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
