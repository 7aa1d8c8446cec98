#include "native/cli/run_report.h"

#include <sys/utsname.h>

#include <algorithm>
#include <thread>

#include "core/engine/loss.h"
#include "core/image/file.h"
#include "core/image/picture.h"
#include "core/model/json.h"
#include "core/model/model_file.h"
#include "core/model/summary.h"
#include "core/train/portions.h"
#include "native/cli/chart.h"
#include "native/cli/grid.h"
#include "native/cli/noise_options.h"
#include "native/cli/scores.h"
#include "native/cli/training_facts.h"

namespace limpid {

namespace {

constexpr size_t shown_pictures = 5;  // the article's
constexpr Color blue = {0.12f, 0.42f, 0.70f};
constexpr Color orange = {0.87f, 0.40f, 0.05f};

Json machine_json(const Engine& engine) {
  utsname system = {};
  ::uname(&system);
  return {{"engine", engine.name()},
          {"description", engine.describe()},
          {"system", std::string(system.sysname) + " " + system.release + " " + system.machine},
          {"cores", std::thread::hardware_concurrency()}};
}

Json pictures_json(const Dataset& dataset, const Split& split, const std::string& hash) {
  Json skipped = Json::array(), test = Json::array();
  for (const SkippedFile& file : dataset.skipped()) skipped.push_back(file.reason);
  for (const size_t i : split.test) test.push_back(dataset.name(i));
  return {{"train", split.train.size()},
          {"test", split.test.size()},
          {"straddling_duplicate_groups", split.straddling_groups},
          {"split_hash", hash},
          {"skipped", skipped},
          {"test_pictures", test}};
}

Json examples_json(const std::vector<Example>& examples) {
  Json json = Json::array();
  for (const Example& example : examples) {
    json.push_back({{"picture", example.name},
                    {"noisy", score_json(example.noisy_quality)},
                    {"restored", score_json(example.restored_quality)}});
  }
  return json;
}

Curve curve_of(const std::string& name, Color color, const std::vector<EpochRecord>& history,
               double EpochRecord::*value) {
  Curve curve = {.name = name, .color = color, .values = {}};
  for (const EpochRecord& record : history) curve.values.push_back(record.*value);
  return curve;
}

}  // namespace

RunReport::RunReport(const Subject& subject)
    : subject_(subject), split_hash_(split_hash(subject.dataset, subject.split)) {}

void RunReport::start(const std::vector<Tensor>& weights) {
  write_model(weights);
  const Shape shape = subject_.dataset.shape(subject_.split.train.front());
  const int crop = subject_.settings.training.crop;
  const Summary summary = crop > 0 ? summarize(subject_.model, crop, crop)
                                   : summarize(subject_.model, shape.height, shape.width);
  write_file(subject_.folder.summary(), to_text(subject_.model, summary));
  run_ = {{"limpid", LIMPID_VERSION},
          {"state", ""},
          {"settings", to_json(subject_.settings)},
          {"machine", machine_json(subject_.engine)},
          {"pictures", pictures_json(subject_.dataset, subject_.split, split_hash_)},
          {"model", Json::parse(to_json(subject_.model))},
          {"history", Json::array()},
          {"first_test_pictures", Json::array()}};
  write_run("running");
}

void RunReport::resume() {
  run_ = read_run_json(subject_.folder.run());
  run_["settings"] = to_json(subject_.settings);
  run_["machine"] = machine_json(subject_.engine);
  write_run("running");
}

void RunReport::epoch(const std::vector<EpochRecord>& history, const std::vector<Tensor>& weights) {
  history_ = history;
  write_model(weights);
  write_file(subject_.folder.history(), history_csv(history_));
  write_loss();
  run_["history"] = Json::parse(history_json(history_));
  Denoiser denoiser = this->denoiser(weights);
  std::vector<Example> examples;
  const std::vector<size_t>& test = subject_.split.test;
  for (size_t i = 0; i < std::min(shown_pictures, test.size()); ++i) {
    examples.push_back(make_example(denoiser, subject_.dataset.name(test[i]),
                                    subject_.dataset.picture(test[i]), noise_of(test[i])));
    if (examples.back().restored.empty()) return;  // interrupted: the grid stays the last epoch's
  }
  examples_ = std::move(examples);
  const std::string title = subject_.model.name + " after " + std::to_string(history_.size()) +
                            (history_.size() == 1 ? " epoch" : " epochs");
  const GridTitle titles = {title, noise_text(subject_.settings.training.noise)};
  write_picture(subject_.folder.grid(), {.color = draw_grid(titles, examples_), .alpha = {}});
  run_["first_test_pictures"] = examples_json(examples_);
  write_run("running");
}

void RunReport::end(const std::string& state, const std::optional<FinalScores>& scores) {
  run_.erase("final");
  if (scores) {
    run_["final"] = {{"pictures", scores->pictures},
                     {"noisy", score_json(scores->noisy)},
                     {"restored", score_json(scores->restored)}};
  }
  write_run(state);
}

std::optional<FinalScores> RunReport::final_scores(const std::vector<Tensor>& weights) const {
  Denoiser denoiser = this->denoiser(weights);
  std::vector<Quality> noisy, restored;
  for (const size_t i : subject_.split.test) {
    const Example example =
        make_example(denoiser, subject_.dataset.name(i), subject_.dataset.picture(i), noise_of(i));
    if (example.restored.empty()) return std::nullopt;
    noisy.push_back(example.noisy_quality);
    restored.push_back(example.restored_quality);
  }
  return FinalScores{.pictures = noisy.size(), .noisy = mean(noisy), .restored = mean(restored)};
}

void RunReport::write_model(const std::vector<Tensor>& weights) const {
  ModelFile file = {.model = subject_.model, .weights = weights, .metadata = {}};
  write_facts({.settings = subject_.settings.training,
               .size = subject_.settings.size,
               .split = subject_.settings.split,
               .split_hash = split_hash_},
              file.metadata);
  file.metadata["history"] = history_json(history_);
  file.metadata["limpid"] = LIMPID_VERSION;
  write_model_file(subject_.folder.model(), file);
}

void RunReport::write_run(const std::string& state) {
  run_["state"] = state;
  write_file(subject_.folder.run(), run_.dump(2) + "\n");
}

void RunReport::write_loss() const {
  const TrainingSettings& training = subject_.settings.training;
  const Chart chart = {
      .title = "Loss of " + subject_.model.name,
      .subtitle = noise_text(training.noise),
      .y_label = "loss (" + to_string(training.loss) + ")",
      .curves = {curve_of("training", blue, history_, &EpochRecord::loss),
                 curve_of("validation", orange, history_, &EpochRecord::val_loss)}};
  write_picture(subject_.folder.loss(), {.color = draw_chart(chart), .alpha = {}});
}

Denoiser RunReport::denoiser(const std::vector<Tensor>& weights) const {
  const TrainingSettings& training = subject_.settings.training;
  DenoiseSettings settings = {.threads = training.threads};
  if (training.memory_bytes > 0) settings.memory_bytes = training.memory_bytes;
  return Denoiser(subject_.engine, subject_.model, weights, settings);
}

// The same as validation's.
ExampleNoise RunReport::noise_of(size_t picture) const {
  return {subject_.settings.training.noise,
          {.epoch = validation_epoch, .picture = uint32_t(picture)}};
}

const std::vector<Tensor>& model_weights(const Checkpoint& checkpoint) {
  if (checkpoint.settings.keep_best && !checkpoint.best.empty()) return checkpoint.best;
  return checkpoint.state.average.empty() ? checkpoint.state.weights : checkpoint.state.average;
}

}  // namespace limpid
