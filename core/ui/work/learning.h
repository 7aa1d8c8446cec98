// A training that runs beside other work, a slice at a time.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "core/data/dataset.h"
#include "core/train/run_folder.h"
#include "core/train/run_record.h"
#include "core/train/trainer.h"
#include "core/ui/work/event.h"
#include "core/ui/work/restores.h"

namespace limpid {

class Learning {
 public:
  struct Host {
    Tell tell;
    const Models& loaded;  // that it may begin with
    // Gets the model with its newest weights after each epoch.
    std::function<void(ModelFile)> renew;
    MakeRunRecord make_record;          // of a training with a folder
    std::function<bool()> interrupted;  // true: the training was given up meanwhile
  };

  // Reads the pictures; interrupted, it ends that with an Error. With a run, its folder is locked
  // until this goes. Throws Error.
  Learning(const StartTraining& request, Engine& engine, Host host);

  // False when the training is over.
  bool step(const std::function<bool()>& slice_is_over);

  // Ends it where it is.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;

  RunStart start() const;
  void open_run(const RunStart& start);
  void begin(const RunStart& start);
  // An exception of `work` is told in the run's folder too.
  template <class Work>
  auto recorded(Work work);
  double noisy_rmse() const;
  void begin_preview();
  ModelFile model_file(const std::vector<EpochRecord>& history,
                       const std::vector<Tensor>& weights) const;
  void keep(const Checkpoint& checkpoint);
  void write(const Checkpoint& checkpoint);
  void draw_preview(const Checkpoint& checkpoint);
  void end(const TrainingResult& result);
  TrainingResult run(const std::function<bool()>& slice_is_over);

  const StartTraining request_;
  Engine& engine_;
  const Host host_;
  std::unique_ptr<RunFolder> folder_;  // none: the checkpoints come as bytes
  Model model_;
  RunSettings settings_;
  std::unique_ptr<Dataset> dataset_;
  Split split_;
  std::unique_ptr<RunRecord> record_;  // of the folder
  std::unique_ptr<Trainer> trainer_;

  // Some test pictures, always with the same noise.
  std::vector<float> preview_clean_, preview_noisy_;
  Shape preview_shape_;
  size_t previews_ = 0;

  int kept_epoch_ = -1;  // of the last checkpoint that was looked at
  Clock::time_point kept_ = Clock::now(), drawn_ = Clock::now(), told_;
  double seconds_ = 0;
  bool stopping_ = false;
};

}  // namespace limpid
