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

namespace limpid {

// constant; cosine from learning_rate to 0 over all epochs, step by step; plateau: halved when the
// validation loss has not improved for `plateau_patience` epochs.
enum class Schedule { constant, cosine, plateau };

struct TrainingSettings {
  int epochs = 50;
  int batch = 32;
  Loss loss = Loss::mse;
  Optimizer optimizer = Optimizer::adam;
  float learning_rate = 1e-3f;
  float momentum = 0.9f;             // SGD's
  Schedule schedule = Schedule::constant;
  int plateau_patience = 5;          // epochs
  int stop_patience = 0;             // early stopping: epochs without a better validation loss; 0 off
  bool keep_best = false;            // the model is the epoch's with the lowest validation loss
  float average_decay = 0;           // > 0: the model is the moving average of the weights
  NoiseSettings noise;               // its seed follows `seed`
  int crop = 0;                      // see BatchSettings
  bool flip = false;
  uint64_t seed = 1;
  int threads = 0;                   // 0: all of the machine's
  size_t memory_bytes = 0;           // of the network; 0: no cap
};

struct EpochRecord {
  int epoch = 0;                     // counted from 1
  double loss = 0;                   // mean over the training pictures while they were learned
  double val_loss = 0;               // over the test pictures after the epoch, dropout off
  double rmse = 0;                   // mean of the test pictures' RMSE, 0..1 scale
  double seconds = 0;
  float learning_rate = 0;           // at the epoch's end
};

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
