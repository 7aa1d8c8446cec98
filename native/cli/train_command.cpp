// limpid train: the article's workflow, from a folder of pictures to a model.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>

#include "core/data/path_json.h"
#include "core/error.h"
#include "core/train/run_folder.h"
#include "core/train/trainer.h"
#include "native/cli/commands.h"
#include "native/cli/interrupt.h"
#include "native/cli/model_argument.h"
#include "native/cli/progress.h"
#include "native/cli/train_options.h"
#include "native/cli/usage_error.h"
#include "native/report/columns.h"
#include "native/report/noise_text.h"
#include "native/report/run_report.h"
#include "native/report/scores.h"

namespace limpid {

namespace {

namespace fs = std::filesystem;

constexpr const char* description =
    R"(Teach a network to remove noise, from clean pictures alone, or from clean and noisy ones.

DATA are folders of pictures, with their sub-folders. A quarter is kept for testing, unless there is
a folder of tests (--test-data). RUN gets the model (model.safetensors), what is needed to go on
(checkpoint.safetensors), the curves (loss.png, history.csv), pictures (grid.png), the layers
(summary.txt) and all settings and scores (run.json), renewed after every epoch, less often while
epochs are so short that this would take more than a twentieth of the time. Ctrl-C saves and says
how to go on. The same settings give the same bits, whatever the number of threads and however often
the run was stopped.)";

constexpr const char* examples = R"(Examples:
  limpid train photos/ -o runs/quick --model classroom --size 64 --noise 0.2 --epochs 10
  limpid train brain_mri/ -o runs/article --noise 0.4 --noise-field fixed
  limpid train photos/clean/ --noisy photos/noisy/ -o runs/pairs --model fast --crop 64 --size 0
  limpid train --resume -o runs/article --epochs 100)";

// What a training begins with, new or not.
struct Start {
  RunSettings settings;
  ModelFile model;
  std::optional<Checkpoint> checkpoint;
};

void check_asked(const RunSettings& settings) {
  asked([&] { check(settings.training); });
  if (!(settings.split.test_size > 0 && settings.split.test_size < 1)) {
    throw UsageError("--test-size: not between 0 and 1");
  }
}

void refuse_what_has_no_effect(const TrainingSettings& settings) {
  const TrainingSettings unasked;
  const NoiseSettings& noise = settings.noise;
  if (settings.momentum != unasked.momentum && settings.optimizer != Optimizer::sgd) {
    throw UsageError("--momentum is for --optimizer sgd");
  }
  if (settings.plateau_patience != unasked.plateau_patience &&
      settings.schedule != Schedule::plateau) {
    throw UsageError("--plateau-patience is for --schedule plateau");
  }
  if (noise.clip) return;
  if (noise.no_clip_share > 0)
    throw UsageError("--no-clip leaves all unclipped: no --no-clip-share");
  if (settings.jpeg_share > 0) {
    throw UsageError("--jpeg-share is for clipped noise: a file holds no other, so no --no-clip");
  }
}

Start fresh_start(const TrainOptions& options, const EngineList& engines) {
  Start start = {.settings = options.applied_to(TrainOptions::defaults(engines)),
                 .model = {},
                 .checkpoint = {}};
  if (start.settings.data.empty()) throw UsageError("DATA is missing: a folder of clean pictures");
  check_asked(start.settings);
  refuse_what_has_no_effect(start.settings.training);
  start.model = given_model(options.model.value_or("article"), options.channels);
  start.settings.channels = start.model.model.channels;
  if (!start.model.weights.empty()) {
    start.settings.begins_with = fs::absolute(*options.model).lexically_normal().string();
  }
  return start;
}

// A run that was ended before its first checkpoint begins again with the weights it began with.
Start resumed_start(const TrainOptions& options, const RunFolder& folder) {
  if (options.model || options.channels) {
    throw UsageError("--resume goes on with the run's own model: leave out --model and --channels");
  }
  RunStart run = read_start(folder);
  Start start = {
      .settings = options.applied_to(run.settings),
      .model = {.model = std::move(run.model), .weights = std::move(run.weights), .metadata = {}},
      .checkpoint = std::move(run.checkpoint)};
  check_asked(start.settings);
  const std::string changed = difference(run.settings, start.settings);
  if (!changed.empty()) {
    throw UsageError(folder.path().string() + ": the training cannot go on: " + changed);
  }
  return start;
}

// For a shell.
std::string quoted(const std::string& text) {
  static constexpr const char* plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string epoch_line(const EpochRecord& record, int epochs) {
  char text[160];
  std::snprintf(text, sizeof text, "epoch %d/%d  loss %.6f  val_loss %.6f  RMSE %.4f  %s",
                record.epoch, epochs, record.loss, record.val_loss, record.rmse,
                clock_text(record.seconds).c_str());
  return text;
}

std::string progress_text(const TrainingProgress& at, int epochs) {
  char text[192];
  std::snprintf(text, sizeof text, "epoch %d/%d %s%zu/%zu  loss %.5f  %.3g pictures/s  %s left",
                at.epoch, epochs, at.validating ? "test " : "", at.picture, at.pictures, at.loss,
                at.pictures_per_s, clock_text(at.eta_s).c_str());
  return text;
}

constexpr size_t name_columns = 30;  // of the table of scores

void print_scores(const std::vector<Example>& first, const FinalScores& scores) {
  std::printf("RMSE on the test pictures         noisy  restored\n");
  for (const Example& example : first) {
    std::printf("  %s %7.4f   %7.4f\n", in_columns(example.name, name_columns).c_str(),
                example.noisy_quality.rmse, example.restored_quality.rmse);
  }
  const std::string mean_of = "mean of all " + std::to_string(scores.pictures);
  std::printf("  %s %7.4f   %7.4f\n", in_columns(mean_of, name_columns).c_str(), scores.noisy.rmse,
              scores.restored.rmse);
}

Json result_json(const RunFolder& folder, const TrainingSettings& settings,
                 const TrainingResult& result, const std::optional<FinalScores>& scores) {
  Json epochs = Json::array();
  for (const EpochRecord& record : result.history) {
    epochs.push_back({{"epoch", record.epoch},
                      {"loss", record.loss},
                      {"val_loss", record.val_loss},
                      {"rmse", record.rmse},
                      {"seconds", record.seconds}});
  }
  return {{"run", path_to_json(folder.path())},    {"state", to_string(result.end)},
          {"noise", noise_text(settings)},         {"epochs", epochs},
          {"model", path_to_json(folder.model())}, {"final", scores ? json_of(*scores) : Json()}};
}

class Training {
 public:
  Training(const TrainOptions& options, const EngineList& engines)
      : options_(options),
        folder_(options.run, options.resume ? RunFolder::Use::resume : RunFolder::Use::start),
        start_(options.resume ? resumed_start(options, folder_) : fresh_start(options, engines)),
        engine_(make_engine(engines, start_.settings.engine)),
        dataset_(start_.settings.data, dataset_settings(start_.settings),
                 [this](size_t done, size_t total) {
                   progress_.show(
                       double(done) / double(total),
                       "reading pictures " + std::to_string(done) + "/" + std::to_string(total));
                   return !interrupted();
                 }),
        split_(split(dataset_, start_.settings.split)),
        gpu_(options.engine_given || options.resume ? "" : gpu_engine(engines)),
        trainer_(*engine_, dataset_, split_, start_.model.model, start_.settings.training,
                 start_.model.weights),
        report_({folder_, start_.settings, start_.model.model, dataset_, split_, *engine_},
                interrupted) {}

  int status();

 private:
  void say_data();
  void begin();
  TrainingResult run();
  std::string way_to_go_on() const;
  int finish(const TrainingResult& result);

  const TrainOptions& options_;
  Progress progress_;
  const RunFolder folder_;
  Start start_;
  const std::unique_ptr<Engine> engine_;
  const Dataset dataset_;
  const Split split_;
  const std::string gpu_;  // one that is here, where nobody has chosen; empty: none
  Trainer trainer_;
  RunReport report_;
};

int Training::status() {
  say_data();
  begin();
  try {
    return finish(run());
  } catch (const std::exception& error) {  // a GPU is gone, a disk is full
    const std::string sentence = sentence_of(error);
    report_.fail(sentence);
    const bool elsewhere = engine_->name() != "cpu";
    throw Error(sentence + "; from the last checkpoint it goes " + way_to_go_on() +
                (elsewhere ? " (on the CPU: --engine cpu)" : ""));
  }
}

void Training::say_data() {
  for (const SkippedFile& file : dataset_.skipped()) progress_.leave_out(file.reason);
  if (const size_t groups = split_.straddling_groups; groups > 0) {
    const bool drawn = start_.settings.test_data.empty();
    progress_.say("limpid: groups of identical pictures on both sides of the split: " +
                  std::to_string(groups) + ", so the test is not quite fair" +
                  (drawn ? " (--group-duplicates keeps each on one side)" : ""));
  }
  const int threads = start_.settings.training.threads;
  progress_.say(std::to_string(split_.train.size()) + " pictures to learn from, " +
                std::to_string(split_.test.size()) + " to test; model " + start_.model.model.name +
                " on " + engine_->describe() +
                (threads > 0 ? ", " + std::to_string(threads) + " used" : ""));
  if (!gpu_.empty() && gpu_ != start_.settings.engine) {
    progress_.say("limpid: a GPU is here: --engine " + gpu_ + " trains on it");
  }
  progress_.say(noise_text(start_.settings.training));
}

void Training::begin() {
  if (start_.checkpoint) {
    const std::string place = std::to_string(start_.checkpoint->epoch) + " epochs and " +
                              std::to_string(start_.checkpoint->picture) + " pictures";
    trainer_.resume(*std::move(start_.checkpoint), folder_.checkpoint().string());
    progress_.say("going on after " + place);
    report_.resume();
    return;
  }
  const bool given = !start_.model.weights.empty();
  report_.start(given ? start_.model.weights
                      : initial_weights(start_.model.model, start_.settings.training.seed));
}

TrainingResult Training::run() {
  const int epochs = start_.settings.training.epochs;
  const double every_s = options_.checkpoint_every_s;
  trainer_.keep_checkpoint(
      [this, every_s](const Checkpoint& checkpoint) { report_.keep(checkpoint, every_s); },
      every_s);
  TrainingCallbacks callbacks;
  callbacks.progress = [&](const TrainingProgress& at) {
    progress_.show(double(at.picture) / double(at.pictures), progress_text(at, epochs));
    return !interrupted();
  };
  callbacks.epoch = [&](const EpochRecord& record) { progress_.say(epoch_line(record, epochs)); };
  return trainer_.run(callbacks);
}

std::string Training::way_to_go_on() const {
  return "on with: limpid train --resume -o " + quoted(folder_.path().string());
}

int Training::finish(const TrainingResult& result) {
  std::optional<FinalScores> scores;
  if (is_whole(result.end)) {
    report_.finish(result.history, result.weights);
    scores = report_.final_scores(result.weights, [this](size_t done, size_t all) {
      progress_.show(double(done) / double(all),
                     "test picture " + std::to_string(done) + "/" + std::to_string(all));
    });
  }
  report_.set_final(scores);
  report_.end(result.end);
  progress_.clear();
  if (options_.json)
    std::printf("%s\n",
                line_of(result_json(folder_, start_.settings.training, result, scores)).c_str());
  if (!options_.json && scores) print_scores(report_.examples(), *scores);
  if (!result.message.empty()) progress_.say("limpid: " + result.message);
  if (result.end == TrainingEnd::cancelled) {
    progress_.say("limpid: go " + way_to_go_on());
    return interrupted_status();
  }
  if (result.end == TrainingEnd::diverged) return 1;
  progress_.say("the model: " + folder_.model().string());
  if (scores) return 0;
  progress_.say("limpid: the test pictures are not all scored; go " + way_to_go_on());
  return interrupted_status();
}

}  // namespace

void add_train_command(CLI::App& app, const EngineList& engines, Job& job) {
  const auto options = std::make_shared<TrainOptions>();
  CLI::App& command = *app.add_subcommand("train", description);
  command.footer(examples);
  options->add_to(command, engines);
  command.callback([options, &engines, &job] {
    job = [options, &engines] { return Training(*options, engines).status(); };
  });
}

}  // namespace limpid
