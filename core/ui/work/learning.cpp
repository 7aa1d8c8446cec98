#include "core/ui/work/learning.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/data/batches.h"
#include "core/image/quality.h"
#include "core/train/portions.h"
#include "core/ui/work/forecast.h"

namespace limpid {
namespace {

constexpr size_t most_previews = 4;
constexpr double preview_every_s = 4;  // within an epoch
constexpr double progress_every_s = 0.1;
double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

const std::vector<Tensor>& weights_of(const State& state) {
  return state.average.empty() ? state.weights : state.average;
}

ModelFile model_file(const Checkpoint& checkpoint) {
  return {.model = checkpoint.model,
          .weights = weights_of(checkpoint.state),
          .metadata = {{"training", to_json(checkpoint.settings)},
                       {"history", history_json(checkpoint.history)},
                       {"split_hash", checkpoint.split_hash}}};
}

SharedImage shared_picture(const std::vector<float>& pictures, Shape shape, size_t i) {
  auto image = std::make_shared<Image>(shape.height, shape.width, shape.channels);
  std::copy_n(pictures.begin() + ptrdiff_t(i * shape.count()), shape.count(),
              image->pixels.begin());
  return image;
}

}  // namespace

Learning::Learning(const StartTraining& request, Engine& engine, Tell tell,
                   std::function<void(ModelFile)> renew, const std::function<bool()>& interrupted)
    : request_(request), engine_(engine), tell_(std::move(tell)), renew_(std::move(renew)) {
  const TrainingOrder& order = request.order;
  const Model model = model_of(order);
  dataset_ = std::make_unique<Dataset>(
      std::vector<std::filesystem::path>(order.paths.begin(), order.paths.end()),
      DatasetSettings{.size = order.size, .channels = model.channels},
      [&](size_t done, size_t total) {
        tell_(ReadingPictures{done, total});
        return !interrupted();
      });
  split_ = split(*dataset_, order.split);
  trainer_ = std::make_unique<Trainer>(engine, *dataset_, split_, model, order.settings);
  Checkpoint start;
  if (!request.checkpoint.empty()) {
    start = read_checkpoint(request.checkpoint);
    trainer_->resume(start, request.checkpoint);
  } else {
    start.model = model;
    start.state.weights = initial_weights(model, order.settings.seed);
  }
  trainer_->keep_checkpoint([this](const Checkpoint& checkpoint) { keep(checkpoint); },
                            std::min(preview_every_s, request.keep_every_s));
  TrainingBegun begun{.order = order,
                      .pictures = split_.train.size(),
                      .test_pictures = split_.test.size(),
                      .history = start.history};
  for (const SkippedFile& file : dataset_->skipped()) begun.skipped.push_back(file.reason);
  tell_(std::move(begun));

  previews_ = std::min(most_previews, split_.test.size());
  NoiseSettings noise = order.settings.noise;
  noise.seed = order.settings.seed;
  const Batches batches(*dataset_,
                        {split_.test.begin(), split_.test.begin() + ptrdiff_t(previews_)},
                        {.noise = noise, .shuffle = false, .crop = order.settings.crop});
  preview_shape_ = batches.shape();
  preview_clean_.resize(previews_ * preview_shape_.count());
  preview_noisy_.resize(preview_clean_.size());
  batches.fill(validation_epoch, 0, {int(previews_), preview_shape_, preview_clean_},
               {int(previews_), preview_shape_, preview_noisy_});
  kept_epoch_ = start.epoch;
  draw_preview(start);
}

bool Learning::step(const std::function<bool()>& slice_is_over) {
  const TrainingResult result = run(slice_is_over);
  if (result.end == TrainingEnd::cancelled) return true;
  end(result);
  return false;
}

void Learning::stop() {
  stopping_ = true;  // what is newest is kept on the way out
  end(run([] { return true; }));
}

TrainingResult Learning::run(const std::function<bool()>& slice_is_over) {
  Clock::time_point lap = Clock::now();
  return trainer_->run({.progress =
                            [&](const TrainingProgress& progress) {
                              seconds_ += seconds_since(std::exchange(lap, Clock::now()));
                              if (seconds_since(told_) > progress_every_s) {
                                told_ = Clock::now();
                                tell_(TrainingProgressed{progress, seconds_});
                              }
                              return !slice_is_over();
                            },
                        .epoch = [&](const EpochRecord& record) { tell_(EpochEnded{record}); }});
}

// After each epoch, at the end of a slice, and every few seconds.
void Learning::keep(const Checkpoint& checkpoint) {
  const bool epoch_is_over = std::exchange(kept_epoch_, checkpoint.epoch) != checkpoint.epoch;
  if (epoch_is_over || stopping_) renew_(model_file(checkpoint));
  if (epoch_is_over || stopping_ || seconds_since(drawn_) >= preview_every_s) {
    draw_preview(checkpoint);
  }
  if (epoch_is_over || stopping_ || seconds_since(kept_) >= request_.keep_every_s) {
    write(checkpoint);
  }
}

void Learning::write(const Checkpoint& checkpoint) {
  CheckpointKept kept{.epoch = checkpoint.epoch, .picture = checkpoint.picture};
  if (!request_.keep_in.empty()) {
    write_checkpoint(request_.keep_in, checkpoint);
  } else {
    kept.bytes = encode_checkpoint(checkpoint, "the checkpoint");
  }
  kept_ = Clock::now();
  tell_(std::move(kept));
}

void Learning::draw_preview(const Checkpoint& checkpoint) {
  Denoiser denoiser(engine_, checkpoint.model, weights_of(checkpoint.state),
                    {.threads = request_.order.settings.threads});
  PreviewDrawn preview{.epoch = checkpoint.epoch};
  for (size_t i = 0; i < previews_; ++i) {
    PreviewDrawn::Row row{.name = dataset_->name(split_.test[i]),
                          .clean = shared_picture(preview_clean_, preview_shape_, i),
                          .noisy = shared_picture(preview_noisy_, preview_shape_, i)};
    row.restored = std::make_shared<const Image>(denoiser.denoise(*row.noisy));
    row.noisy_rmse = rmse(*row.clean, *row.noisy);
    row.restored_rmse = rmse(*row.clean, *row.restored);
    preview.rows.push_back(std::move(row));
  }
  drawn_ = Clock::now();
  tell_(std::move(preview));
}

void Learning::end(const TrainingResult& result) {
  ModelFile file{.model = model_of(request_.order),
                 .weights = result.weights,
                 .metadata = {{"training", to_json(request_.order.settings)},
                              {"history", history_json(result.history)},
                              {"split_hash", split_hash(*dataset_, split_)}}};
  TrainingEnded ended{.end = result.end,
                      .model = request_.model,
                      .history = result.history,
                      .message = result.message,
                      .model_file = encode_model_file(file, "the trained model")};
  renew_(std::move(file));
  tell_(std::move(ended));
}

}  // namespace limpid
