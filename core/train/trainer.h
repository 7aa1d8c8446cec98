// Training: epochs over a data set, validation, checkpoints, history. The same settings give the
// same bits, at any thread count, however often the run was stopped and resumed in between.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/data/batches.h"
#include "core/data/dataset.h"
#include "core/data/split.h"
#include "core/engine/engine.h"
#include "core/model/model.h"
#include "core/model/state.h"
#include "core/train/history.h"
#include "core/train/settings.h"

namespace limpid {

// Where training stands; `picture` counts within the epoch.
struct TrainingProgress {
  int epoch = 0;
  size_t picture = 0;
  size_t pictures = 0;
  double loss = 0;                   // mean of this epoch so far
  double pictures_per_s = 0;
  double eta_s = 0;                  // to the end of the last epoch, by the speed so far
  bool validating = false;           // picture and pictures then count the test set
};

enum class TrainingEnd { finished, stopped_early, cancelled, diverged };

struct TrainingResult {
  TrainingEnd end = TrainingEnd::finished;
  std::vector<EpochRecord> history;  // of all epochs, also those before a resume
  std::vector<Tensor> weights;       // the model's: last, best or average, as set
  std::string message;               // one sentence for the user when not finished
};

struct TrainingCallbacks {
  std::function<bool(const TrainingProgress&)> progress;   // after each batch; false cancels
  std::function<void(const EpochRecord&)> epoch;           // after each epoch
};

class Trainer {
 public:
  // Engine and data set must outlive this. `first_weights` empty: initial_weights(model, seed).
  // Throws Error when a setting is out of its range or the network does not fit.
  Trainer(Engine& engine, const Dataset& dataset, Split split, Model model,
          TrainingSettings settings, std::vector<Tensor> first_weights = {});
  ~Trainer();

  // Keeps a checkpoint in this file: after each epoch, when cancelled, and every `every_s` seconds
  // in between. Written whole or not at all.
  void keep_checkpoint(const std::filesystem::path& file, double every_s = 60);

  // Goes on from a checkpoint: same weights, moments, place in the epoch and history. Throws Error
  // naming what differs when model, settings that shape the weights or split are not the same
  // (more epochs are allowed).
  void resume(const std::filesystem::path& file);

  // Runs to the end, or until cancelled. A loss or weight that is not a number ends it as
  // `diverged` with the last good state kept.
  TrainingResult run(const TrainingCallbacks& callbacks);

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace limpid
