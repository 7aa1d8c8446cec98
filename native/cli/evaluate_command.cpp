// limpid evaluate: how well a model restores pictures.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>

#include "core/data/dataset.h"
#include "core/data/path_json.h"
#include "core/data/split.h"
#include "core/image/batch.h"
#include "core/train/training_facts.h"
#include "native/cli/commands.h"
#include "native/cli/compute_options.h"
#include "native/cli/interrupt.h"
#include "native/cli/noise_options.h"
#include "native/cli/option_values.h"
#include "native/cli/picture_jobs.h"
#include "native/cli/progress.h"
#include "native/cli/restorer.h"
#include "native/cli/usage_error.h"
#include "native/report/example.h"
#include "native/report/noise_text.h"
#include "native/report/scores.h"

namespace limpid {

namespace {

constexpr const char* description =
    R"(Add noise to clean pictures, or take noisy ones of them, restore them, and say how close they
come.

For each picture and on average: RMSE on the 0..1 scale (0 is perfect), PSNR in dB and SSIM (both:
more is better), of the noisy and of the restored picture. Noise, its seed, size and split are those
of the model's training where no option says otherwise, so that --test-split gives the training's
own figures again; with one strength given, all pictures get noise of one kind. A classical method
takes pictures at their own size.)";

constexpr const char* examples = R"(Examples:
  limpid evaluate data/ --model runs/mri --test-split
  limpid evaluate photos/ --model runs/mri --noise 0.1 --full
  limpid evaluate photos/ --method nlm --noise 0.1
  limpid evaluate photos/clean/ --noisy photos/noisy/ --model camera --full
  limpid evaluate photos/ --model runs/mri --noise 0.2 --no-clip --json > scores.json)";

struct Options {
  std::vector<std::filesystem::path> data;
  std::filesystem::path noisy;
  RestorerOptions restorer;
  NoiseOptions noise;
  std::optional<int> size;
  bool full = false;
  bool test_split = false;
  std::optional<double> test_size;
  std::optional<uint32_t> split_seed;
  bool group_duplicates = false;
  ComputeOptions compute;
  bool json = false;
};

// None where the noisy pictures are given.
std::optional<NoiseSettings> noise_of(const Options& options, const Restorer& restorer,
                                      const std::optional<TrainingFacts>& facts) {
  if (!options.noisy.empty()) return std::nullopt;
  if (!options.noise.strength_given()) {
    if (!facts) {
      throw UsageError(restorer.name() +
                       " does not say which noise it was trained with: give --noise");
    }
    if (facts->settings.noisy_pictures) {
      throw UsageError(restorer.name() +
                       " has learned from noisy pictures: give such (--noisy), or --noise");
    }
  }
  return options.noise.applied_to(facts ? facts->settings.noise : NoiseSettings());
}

// 0: each picture's own, which is what a method is given, too.
int size_of(const Options& options, const std::optional<TrainingFacts>& facts) {
  if (options.full) return 0;
  return options.size.value_or(facts ? facts->size : 0);
}

std::string resizing_text(int size) {
  if (size == 0) return "pictures at their own size";
  return "pictures resized to " + size_text(size, size);
}

// Asked before any picture is opened.
void check_split(const Restorer& restorer, const std::optional<TrainingFacts>& facts) {
  if (!facts || !facts->has_test_data) return;
  throw UsageError(restorer.name() +
                   " was tested on a folder of its own: give that as DATA, without --test-split");
}

std::vector<size_t> pictures_of(const Options& options, const Dataset& dataset,
                                const std::optional<TrainingFacts>& facts) {
  if (!options.test_split) {
    std::vector<size_t> all(dataset.size());
    for (size_t i = 0; i < all.size(); ++i) all[i] = i;
    return all;
  }
  SplitSettings settings = facts ? facts->split : SplitSettings();
  settings.test_size = options.test_size.value_or(settings.test_size);
  settings.seed = options.split_seed.value_or(settings.seed);
  settings.group_duplicates |= options.group_duplicates;
  const Split parts = split(dataset, settings);
  if (facts && split_hash(dataset, parts) != facts->split_hash) {
    std::fprintf(stderr,
                 "limpid: these are not the model's own test pictures: it may have learned "
                 "from some of them\n");
  }
  return parts.test;
}

// What the scores are of.
struct Conditions {
  std::string model;
  std::string noise;
  int size = 0;
};

struct Scores {
  std::vector<std::string> names;
  std::vector<std::filesystem::path> files;
  std::vector<Quality> noisy;
  std::vector<Quality> restored;
  Json errors = Json::array();  // pictures that could not be restored
};

// Without the pictures that an interrupt leaves out.
Scores scores_of(Restorer& restorer, const Dataset& dataset, const std::vector<size_t>& pictures,
                 const std::optional<NoiseSettings>& noise, Progress& progress) {
  const RestorePicture restore = restoring(restorer, unless_interrupted);
  Scores scores;
  size_t done = 0;
  for (const size_t i : pictures) {
    try {
      const Example example = make_example(restore, dataset, i, noise.value_or(NoiseSettings()));
      if (example.restored.empty()) break;
      scores.names.push_back(example.name);
      scores.files.push_back(dataset.file(i));
      scores.noisy.push_back(example.noisy_quality);
      scores.restored.push_back(example.restored_quality);
    } catch (const std::exception& error) {
      const std::string message = sentence_about(dataset.file(i), error);
      scores.errors.push_back({{"input", path_to_json(dataset.file(i))}, {"message", message}});
      progress.say("limpid: " + message);
    }
    ++done;
    const double share = double(done) / double(pictures.size());
    progress.show(share, "picture " + std::to_string(done) + "/" + std::to_string(pictures.size()) +
                             progress.time_left(share));
  }
  if (interrupted()) {
    progress.say("limpid: stopped: " + std::to_string(done) + " of " +
                 std::to_string(pictures.size()) + " pictures are scored");
  }
  return scores;
}

void print(const Scores& scores, const Conditions& conditions, bool json) {
  if (json) {
    Json files = Json::array();
    for (size_t i = 0; i < scores.names.size(); ++i) {
      files.push_back({{"input", path_to_json(scores.files[i])},
                       {"noisy", score_json(scores.noisy[i])},
                       {"restored", score_json(scores.restored[i])}});
    }
    const Json all = {{"model", conditions.model},
                      {"noise", conditions.noise},
                      {"size", conditions.size},
                      {"pictures", scores.names.size()},
                      {"noisy", score_json(mean(scores.noisy))},
                      {"restored", score_json(mean(scores.restored))},
                      {"files", files},
                      {"errors", scores.errors}};
    std::printf("%s\n", line_of(all).c_str());
    return;
  }
  if (scores.names.empty()) return;
  for (size_t i = 0; i < scores.names.size(); ++i) {
    std::printf("%s\n  noisy     %s\n  restored  %s\n", scores.names[i].c_str(),
                score_text(scores.noisy[i]).c_str(), score_text(scores.restored[i]).c_str());
  }
  std::printf("mean of %zu picture%s\n  noisy     %s\n  restored  %s\n", scores.names.size(),
              scores.names.size() == 1 ? "" : "s", score_text(mean(scores.noisy)).c_str(),
              score_text(mean(scores.restored)).c_str());
}

int run(const Options& options, const EngineList& engines) {
  Restorer restorer(options.restorer, options.compute, engines);
  const std::optional<ModelFile>& model = restorer.model();
  const std::optional<TrainingFacts> facts =
      model ? read_facts(model->metadata, restorer.name()) : std::nullopt;
  if (options.test_split) check_split(restorer, facts);
  const std::optional<NoiseSettings> noise = noise_of(options, restorer, facts);
  const Conditions conditions = {.model = restorer.name(),
                                 .noise = noise ? noise_text(*noise) : noise_of_pictures_text,
                                 .size = size_of(options, facts)};
  const Dataset dataset(options.data,
                        {.size = conditions.size,
                         .channels = model ? model->model.channels : 3,
                         .noisy = options.noisy},
                        unless_interrupted);
  Progress progress;
  for (const SkippedFile& file : dataset.skipped()) progress.leave_out(file.reason);
  const std::vector<size_t> pictures = pictures_of(options, dataset, facts);
  progress.say(conditions.noise + "; " + resizing_text(conditions.size));
  Scores scores = scores_of(restorer, dataset, pictures, noise, progress);
  for (const SkippedFile& file : dataset.skipped()) {
    if (file.file.empty()) continue;  // what is passed over in folders is no failure
    scores.errors.push_back({{"input", path_to_json(file.file)}, {"message", file.reason}});
  }
  print(scores, conditions, options.json);
  if (interrupted()) return interrupted_status();
  return scores.errors.empty() ? 0 : 1;
}

void add_options(CLI::App& command, Options& options) {
  command.add_option("DATA", options.data, "Folders of clean pictures, and pictures")
      ->required()
      ->check(not_empty());
  options.restorer.add_to(command);
  options.noise.add_to(command, {.strength = "the training's"});
  const std::string group = "Pictures";
  CLI::Option* const noisy =
      command
          .add_option("--noisy", options.noisy,
                      "A folder with the noisy pictures, each of the same name and size as the "
                      "clean one: no noise is added")
          ->type_name("FOLDER")
          ->check(not_empty())
          ->group(group);
  NoiseOptions::exclude(command, *noisy);
  CLI::Option* const size =
      command
          .add_option("--size", options.size,
                      "Resize to SIZE x SIZE pixels (bicubic; the training's)")
          ->transform(whole_in(1, largest_side))
          ->type_name("SIZE")
          ->group(group);
  command.add_flag("--full", options.full, "Take each picture at its own size")
      ->excludes(size)
      ->group(group);
  CLI::Option* const test_split =
      command
          .add_flag("--test-split", options.test_split,
                    "Only the test part of the split that training makes")
          ->group(group);
  command.add_option("--test-size", options.test_size, "Share of the test part")
      ->check(real_in(0, 1))
      ->type_name("0..1")
      ->needs(test_split)
      ->group(group);
  command.add_option("--split-seed", options.split_seed, "scikit-learn's random_state")
      ->transform(whole_in(0, std::numeric_limits<uint32_t>::max()))
      ->type_name("N")
      ->needs(test_split)
      ->group(group);
  command
      .add_flag("--group-duplicates", options.group_duplicates,
                "Keep byte-identical pictures on one side")
      ->needs(test_split)
      ->group(group);
}

}  // namespace

void add_evaluate_command(CLI::App& app, const EngineList& engines, Job& job) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("evaluate", description);
  command.footer(examples);
  add_options(command, *options);
  options->compute.add_to(command, engines);
  command.add_flag("--json", options->json, json_help);
  command.callback(
      [options, &engines, &job] { job = [options, &engines] { return run(*options, engines); }; });
}

}  // namespace limpid
