#include "core/ui/work/learning.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/data/batches.h"
#include "core/error.h"
#include "core/image/quality.h"
#include "core/train/portions.h"
#include "core/train/training_facts.h"
#include "core/train/validation.h"
#include "core/ui/work/filters.h"
#include "core/ui/work/order.h"

namespace limpid {
namespace {

constexpr size_t most_previews = 4;
constexpr double preview_every_s = 4;   // within an epoch
constexpr double short_epoch_s = 0.25;  // not each shorter one is drawn, and kept in a browser
constexpr double progress_every_s = 0.1;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Image picture_of(const std::vector<float>& pictures, Shape shape, size_t i) {
  Image image(shape.height, shape.width, shape.channels);
  std::copy_n(pictures.begin() + ptrdiff_t(i * shape.count()), shape.count(), image.pixels.begin());
  return image;
}

SharedPyramid shown(const Image& image) { return make_pyramid(to_raster(image, white_of(8))); }

}  // namespace

template <class Work>
auto Learning::recorded(Work work) {
  try {
    return work();
  } catch (const std::exception& error) {
    if (record_) record_->fail(sentence_of(error));
    throw;
  }
}

Learning::Learning(const StartTraining& request, Engine& engine, Host host)
    : request_(request), engine_(engine), host_(std::move(host)) {
  if (!request.run.empty()) {
    using Use = RunFolder::Use;
    folder_ = std::make_unique<RunFolder>(request.run, request.resume ? Use::resume : Use::start);
  }
  const RunStart start = this->start();
  model_ = start.model;
  settings_ = start.settings;
  settings_.engine = engine.name();  // an order may leave it open
  dataset_ = std::make_unique<Dataset>(settings_.data, dataset_settings(settings_),
                                       [&](size_t done, size_t total) {
                                         host_.tell(ReadingPictures{done, total});
                                         return !host_.interrupted();
                                       });
  split_ = split(*dataset_, settings_.split);
  trainer_ = std::make_unique<Trainer>(engine, *dataset_, split_, model_, settings_.training,
                                       start.weights);
  if (start.checkpoint) {
    trainer_->resume(*start.checkpoint,
                     folder_ ? folder_->checkpoint().string() : request.checkpoint);
  }
  if (folder_) open_run(start);
  recorded([&] { begin(start); });
}

void Learning::begin(const RunStart& start) {
  trainer_->keep_checkpoint([this](const Checkpoint& checkpoint) { keep(checkpoint); },
                            std::min(preview_every_s, request_.keep_every_s));
  TrainingBegun begun{.order = request_.order,
                      .pictures = split_.train.size(),
                      .test_pictures = split_.test.size(),
                      .noisy_rmse = noisy_rmse()};
  if (start.checkpoint) begun.history = start.checkpoint->history;
  for (const SkippedFile& file : dataset_->skipped()) begun.skipped.push_back(file.reason);
  host_.tell(std::move(begun));
  begin_preview();
  if (start.checkpoint) {
    kept_epoch_ = start.checkpoint->epoch;
    draw_preview(*start.checkpoint);
  } else {
    Checkpoint first;
    first.model = model_;
    first.state.weights = start.weights;
    kept_epoch_ = 0;
    draw_preview(first);
  }
}

// Of a new training, of a checkpoint or of a run.
RunStart Learning::start() const {
  const TrainingOrder& order = request_.order;
  if (request_.resume) {
    RunStart start = read_start(*folder_);
    RunSettings now = run_settings_of(order, start.model);
    now.begins_with = start.settings.begins_with;
    const std::string changed = difference(start.settings, now);
    if (!changed.empty()) {
      throw Error(folder_->path().string() + ": the training cannot go on: " + changed);
    }
    start.settings = now;
    return start;
  }
  RunStart start;
  start.model = model_of(order);
  start.settings = run_settings_of(order, start.model);
  if (!request_.checkpoint.empty()) {
    start.checkpoint = read_checkpoint(request_.checkpoint);
  } else {
    start.weights = first_weights(order, start.model, host_.loaded);
  }
  return start;
}

void Learning::open_run(const RunStart& start) {
  record_ = host_.make_record({*folder_, settings_, model_, *dataset_, split_, engine_},
                              host_.interrupted);
  if (start.checkpoint) {
    record_->resume();
  } else {
    record_->start(start.weights);
  }
}

// Of the test pictures as every validation gets them, before anything restores them.
double Learning::noisy_rmse() const {
  const Batches batches(*dataset_, split_.test, test_batches(settings_.training));
  const Shape shape = batches.shape();
  std::vector<float> clean(shape.count()), noisy(shape.count());
  Validation validation(Loss::mse);
  for (size_t i = 0; i < batches.pictures(); ++i) {
    if (i > 0 && host_.interrupted()) break;
    batches.fill(validation_epoch, i, {1, shape, clean}, {1, shape, noisy});
    validation.add({1, shape, noisy}, {1, shape, clean});
  }
  return validation.rmse();
}

void Learning::begin_preview() {
  previews_ = std::min(most_previews, split_.test.size());
  const Batches batches(
      *dataset_, {split_.test.begin(), split_.test.begin() + ptrdiff_t(previews_)},
      {.noise = settings_.training.noise, .shuffle = false, .crop = settings_.training.crop});
  preview_shape_ = batches.shape();
  preview_clean_.resize(previews_ * preview_shape_.count());
  preview_noisy_.resize(preview_clean_.size());
  batches.fill(validation_epoch, 0, {int(previews_), preview_shape_, preview_clean_},
               {int(previews_), preview_shape_, preview_noisy_});
}

bool Learning::step(const std::function<bool()>& slice_is_over) {
  return recorded([&] {
    const TrainingResult result = run(slice_is_over);
    if (result.end == TrainingEnd::cancelled) return true;
    end(result);
    return false;
  });
}

void Learning::stop() {
  stopping_ = true;  // what is newest is kept on the way out
  recorded([&] { end(run([] { return true; })); });
}

TrainingResult Learning::run(const std::function<bool()>& slice_is_over) {
  Clock::time_point lap = Clock::now();
  return trainer_->run(
      {.progress =
           [&](const TrainingProgress& progress) {
             seconds_ += seconds_since(std::exchange(lap, Clock::now()));
             if (seconds_since(told_) > progress_every_s) {
               told_ = Clock::now();
               host_.tell(TrainingProgressed{progress, seconds_});
             }
             return !slice_is_over();
           },
       .epoch = [&](const EpochRecord& record) { host_.tell(EpochEnded{record}); }});
}

// After each epoch, at the end of a slice, and every few seconds.
void Learning::keep(const Checkpoint& checkpoint) {
  const bool epoch_is_over = std::exchange(kept_epoch_, checkpoint.epoch) != checkpoint.epoch;
  if (epoch_is_over || stopping_) {
    host_.renew(model_file(checkpoint.history, model_weights(checkpoint)));
  }
  const bool ends = stopping_ || checkpoint.epoch == settings_.training.epochs;
  if (ends || seconds_since(drawn_) >= (epoch_is_over ? short_epoch_s : preview_every_s)) {
    draw_preview(checkpoint);
  }
  const bool writes_epoch = epoch_is_over && (folder_ || seconds_since(kept_) >= short_epoch_s);
  if (ends || writes_epoch || seconds_since(kept_) >= request_.keep_every_s) write(checkpoint);
}

void Learning::write(const Checkpoint& checkpoint) {
  CheckpointKept kept{.epoch = checkpoint.epoch, .picture = checkpoint.picture};
  if (record_) {
    if (!record_->keep(checkpoint, request_.keep_every_s)) return;
  } else {
    kept.bytes = encode_checkpoint(checkpoint, "the checkpoint");
  }
  kept_ = Clock::now();
  host_.tell(std::move(kept));
}

void Learning::draw_preview(const Checkpoint& checkpoint) {
  const std::vector<Tensor>& weights = model_weights(checkpoint.state);
  Denoiser denoiser(engine_, checkpoint.model, weights, {.threads = settings_.training.threads});
  PreviewDrawn preview{.epoch = checkpoint.epoch};
  preview.filters = filter_pictures(checkpoint.model, weights);
  for (size_t i = 0; i < previews_; ++i) {
    const Image clean = picture_of(preview_clean_, preview_shape_, i);
    const Image noisy = picture_of(preview_noisy_, preview_shape_, i);
    const Image restored = denoiser.denoise(noisy);
    PreviewDrawn::Row row{.name = dataset_->name(split_.test[i]),
                          .clean = shown(clean),
                          .noisy = shown(noisy),
                          .restored = shown(restored),
                          .noisy_rmse = rmse(clean, noisy),
                          .restored_rmse = rmse(clean, restored)};
    preview.rows.push_back(std::move(row));
  }
  drawn_ = Clock::now();
  host_.tell(std::move(preview));
}

ModelFile Learning::model_file(const std::vector<EpochRecord>& history,
                               const std::vector<Tensor>& weights) const {
  return trained_model(settings_, split_hash(*dataset_, split_), history, model_, weights);
}

void Learning::end(const TrainingResult& result) {
  if (record_) {
    if (is_whole(result.end)) record_->finish(result.history, result.weights);
    record_->end(result.end);
  }
  ModelFile file = model_file(result.history, result.weights);
  TrainingEnded ended{.end = result.end,
                      .model = request_.model,
                      .history = result.history,
                      .message = result.message,
                      .model_file = encode_model_file(file, "the trained model")};
  host_.renew(std::move(file));
  host_.tell(std::move(ended));
}

}  // namespace limpid
