// Training: epochs over a data set, validation, checkpoints, history. The same settings give the
// same bits, at any thread count, however often the run was stopped and resumed in between.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/split.h"
#include "core/engine/engine.h"
#include "core/model/model.h"
#include "core/model/state.h"
#include "core/train/checkpoint.h"
#include "core/train/history.h"
#include "core/train/settings.h"

namespace limpid {

// Where training stands; `picture` counts within the epoch.
struct TrainingProgress {
  int epoch = 0;  // the one that runs, counted from 1
  size_t picture = 0;
  size_t pictures = 0;
  double loss = 0;            // mean of this epoch so far, as last known: see Network::losses()
  double pictures_per_s = 0;  // learned, not validated
  double eta_s = 0;           // to the end of the last epoch, by the speed so far
  bool validating = false;    // picture and pictures then count the test set
};

enum class TrainingEnd { finished, stopped_early, cancelled, diverged };

// It went as far as it was to go.
constexpr bool is_whole(TrainingEnd end) {
  return end == TrainingEnd::finished || end == TrainingEnd::stopped_early;
}

struct TrainingResult {
  TrainingEnd end = TrainingEnd::finished;
  std::vector<EpochRecord> history;  // of all epochs, also those before a resume
  std::vector<Tensor> weights;       // the model's: last, best or average, as set
  std::string message;               // one sentence for the user when not finished
};

struct TrainingCallbacks {
  std::function<bool(const TrainingProgress&)> progress;  // after each call of the network, so at
                                                          // least once a batch; false cancels
  std::function<void(const EpochRecord&)> epoch;          // after each epoch
};

class Trainer {
 public:
  // Engine and data set must outlive this. `first_weights` empty: initial_weights(model, seed).
  // Throws Error when a setting is out of its range, the pictures do not suit the model or are not
  // of one size, or the network does not fit.
  Trainer(Engine& engine, const Dataset& dataset, Split split, Model model,
          TrainingSettings settings, std::vector<Tensor> first_weights = {});
  ~Trainer();

  // Hands a checkpoint to `keep`, on run()'s thread: after each epoch, when cancelled, and after
  // the batch with which `every_s` seconds are over since the last one.
  using Keep = std::function<void(const Checkpoint&)>;
  void keep_checkpoint(Keep keep, double every_s = 60);
  // Keeps it in this file, written whole or not at all.
  void keep_checkpoint(const std::filesystem::path& file, double every_s = 60);

  // Goes on from a checkpoint: same weights, moments, place in the epoch and history. Throws Error
  // naming `where` and what differs when model, settings that shape the weights, split or picture
  // size are not the same (more epochs are allowed, also when all were over).
  void resume(Checkpoint checkpoint, const std::string& where);
  void resume(const std::filesystem::path& file);

  // Runs to the end, or until cancelled; called again then, it goes on where it was, also within a
  // batch or a validation. In a checkpoint these are begun anew.
  //
  // After each epoch the test pictures are restored, with the same noise (and crops) every time, by
  // the weights that would be the model's: the moving average where one is kept, else the last.
  // Its loss steers early stopping, plateau and keep_best.
  //
  // A loss or a number of the state that is not finite ends it as `diverged`: result, checkpoint
  // and history are those of the last good state (a kept checkpoint's, an epoch's end, or the
  // first weights). Throws Error as Dataset::picture and `keep` do; the run is then over, and goes
  // on by resuming a new Trainer.
  TrainingResult run(const TrainingCallbacks& callbacks);

 private:
  class Content;
  class Run;
  std::unique_ptr<Content> content_;
};

}  // namespace limpid
