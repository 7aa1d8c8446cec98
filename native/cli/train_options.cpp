#include "native/cli/train_options.h"

#include <CLI/CLI.hpp>
#include <climits>
#include <limits>
#include <type_traits>

#include "core/engine/loss.h"
#include "native/cli/byte_size.h"
#include "native/cli/model_argument.h"
#include "native/cli/option_values.h"

namespace limpid {

namespace {

using Strings = std::vector<std::string>;

}  // namespace

template <class Value, class Change>
CLI::Option* TrainOptions::option(CLI::App& command, const std::string& name,
                                  const std::string& text, Change change) {
  const auto remember = [this, change](const Value& value) {
    changes_.push_back([=](RunSettings& settings) { change(settings, value); });
  };
  CLI::Option* const added = command.add_option_function<Value>(name, remember, text);
  if constexpr (std::is_same_v<Value, int>) added->transform(whole_in(0, INT_MAX));
  return added->group(group_);
}

void TrainOptions::add_to(CLI::App& command, const Engines& engines) {
  option<Strings>(command, "DATA", "Folders of clean pictures, and pictures",
                  [](RunSettings& s, const Strings& paths) {
                    s.data.clear();
                    for (const std::string& path : paths) {
                      s.data.push_back(std::filesystem::absolute(path));
                    }
                  })
      ->check(not_empty())
      ->group("Options");
  command.add_option("-o,--output", run, "The run's folder: new or empty, unless --resume")
      ->required()
      ->type_name("RUN")
      ->check(not_empty());
  command.add_flag("--resume", resume,
                   "Go on where the run in RUN stopped, with its own settings; more --epochs and "
                   "another --threads, --memory, --engine and DATA are allowed");
  command
      .add_option("--model", model,
                  "A preset's layers with new weights (" + preset_list() +
                      "), FILE.json, or a model file or run folder to go on from (article if not "
                      "given)")
      ->type_name("MODEL")
      ->check(not_empty());
  command.add_flag("--json", json, "Print one JSON object on stdout at the end");
  add_data_options(command);
  noise_.add_to(command,
                {.strength = "0.4", .seed = "Of weights, noise, order and augmentation (1)"});
  add_learning_options(command);
  add_machine_options(command, engines);
}

void TrainOptions::add_data_options(CLI::App& command) {
  group_ = "Pictures";
  option<int>(command, "--size",
              "Resize to SIZE x SIZE pixels (256 if not given); 0: keep their own size",
              [](RunSettings& s, int size) { s.size = size; })
      ->transform(whole_in(0, 65536))
      ->type_name("SIZE");
  command.add_option("--channels", channels, "1 gray, 3 colour (the model's if not given)")
      ->transform(whole_in(1, 3))
      ->check(CLI::IsMember({1, 3}))
      ->type_name("N")
      ->group(group_);
  option<double>(command, "--test-size", "Share of the pictures that only test (0.25)",
                 [](RunSettings& s, double share) { s.split.test_size = share; })
      ->type_name("0..1");
  option<uint32_t>(command, "--split-seed", "scikit-learn's random_state of the split (42)",
                   [](RunSettings& s, uint32_t seed) { s.split.seed = seed; })
      ->transform(whole_in(0, std::numeric_limits<uint32_t>::max()))
      ->type_name("N");
  command
      .add_flag_callback(
          "--group-duplicates",
          [this] { changes_.push_back([](RunSettings& s) { s.split.group_duplicates = true; }); },
          "Keep byte-identical pictures on one side of the split")
      ->group(group_);
  option<int>(command, "--crop", "Learn from random squares of CROP x CROP pixels; 0: whole",
              [](RunSettings& s, int crop) { s.training.crop = crop; })
      ->transform(whole_in(0, 1'000'000))
      ->type_name("CROP");
  command
      .add_flag_callback(
          "--flip", [this] { changes_.push_back([](RunSettings& s) { s.training.flip = true; }); },
          "Turn pictures left-right and upside down at random")
      ->group(group_);
  option<float>(command, "--gray-share", "Share of the pictures made gray at random (0)",
                [](RunSettings& s, float share) { s.training.gray_share = share; })
      ->type_name("0..1");
  option<float>(
      command, "--jpeg-share",
      "Share of the noisy pictures stored as JPEG of quality 50 to 95 (0); not those with "
      "unclipped noise",
      [](RunSettings& s, float share) { s.training.jpeg_share = share; })
      ->type_name("0..1");
  option<int>(
      command, "--draws",
      "Times that an epoch takes each picture, with another crop and noise (1): fewer tests "
      "and checkpoints where epochs are short",
      [](RunSettings& s, int draws) { s.training.draws = draws; })
      ->type_name("N");
}

void TrainOptions::add_learning_options(CLI::App& command) {
  group_ = "Learning";
  option<int>(command, "--epochs", "Times through all pictures (50)",
              [](RunSettings& s, int epochs) { s.training.epochs = epochs; })
      ->type_name("N");
  option<int>(command, "--batch", "Pictures a step (32)", [](RunSettings& s, int batch) {
    s.training.batch = batch;
  })->type_name("N");
  option<float>(command, "--lr", "Learning rate (1e-3)", [](RunSettings& s, float rate) {
    s.training.learning_rate = rate;
  })->type_name("RATE");
  option<std::string>(
      command, "--loss", "mse, bce, l1, or psnr: the dB that are missing to 40 (mse)",
      [](RunSettings& s, const std::string& name) { s.training.loss = parse_loss(name); })
      ->check(parsed_by(parse_loss))
      ->type_name("LOSS");
  option<std::string>(
      command, "--optimizer", "adam or sgd (adam)",
      [](RunSettings& s, const std::string& name) { s.training.optimizer = parse_optimizer(name); })
      ->check(parsed_by(parse_optimizer))
      ->type_name("NAME");
  option<float>(command, "--momentum", "Of sgd (0.9)", [](RunSettings& s, float momentum) {
    s.training.momentum = momentum;
  })->type_name("0..1");
  option<std::string>(
      command, "--schedule", "Of the learning rate: constant, cosine or plateau (constant)",
      [](RunSettings& s, const std::string& name) { s.training.schedule = parse_schedule(name); })
      ->check(parsed_by(parse_schedule))
      ->type_name("NAME");
  option<int>(command, "--warm-up",
              "Steps in which the learning rate rises evenly from nothing (0)",
              [](RunSettings& s, int steps) { s.training.warm_up = steps; })
      ->type_name("N");
  option<float>(command, "--clip-norm",
                "Scale a step's gradients down to this norm of all together; 0: never (0)",
                [](RunSettings& s, float norm) { s.training.clip_norm = norm; })
      ->type_name("NORM");
  option<int>(command, "--plateau-patience",
              "Epochs without a lower validation loss that halve the rate (5)",
              [](RunSettings& s, int epochs) { s.training.plateau_patience = epochs; })
      ->type_name("N");
  option<int>(command, "--stop-patience",
              "Epochs without a lower validation loss that end the training; 0: never (0)",
              [](RunSettings& s, int epochs) { s.training.stop_patience = epochs; })
      ->type_name("N");
  command
      .add_flag_callback(
          "--keep-best",
          [this] { changes_.push_back([](RunSettings& s) { s.training.keep_best = true; }); },
          "The model is that of the epoch with the lowest validation loss, not the last")
      ->group(group_);
  option<float>(command, "--average-decay",
                "The model is the moving average of the weights, with this decay; 0: off (0)",
                [](RunSettings& s, float decay) { s.training.average_decay = decay; })
      ->type_name("0..1");
}

void TrainOptions::add_machine_options(CLI::App& command, const Engines& engines) {
  group_ = "Machine";
  option<std::string>(
      command, "--engine",
      "What computes; `limpid engines` lists them (" + default_engine(engines) + ")",
      [](RunSettings& s, const std::string& name) { s.engine = name; })
      ->type_name("NAME");
  option<int>(command, "--threads", "Threads to use; 0: one for each core (0)",
              [](RunSettings& s, int threads) { s.training.threads = threads; })
      ->type_name("N");
  option<std::string>(command, "--memory", "Memory of the network, at most (no cap)",
                      [](RunSettings& s, const std::string& size) {
                        s.training.memory_bytes = parse_byte_size(size);
                      })
      ->type_name("SIZE");
  option<int>(command, "--at-once", "Pictures in one call of the network; 0: as suits it (0)",
              [](RunSettings& s, int pictures) { s.training.at_once = pictures; })
      ->type_name("N");
  command
      .add_option("--checkpoint-every", checkpoint_every_s,
                  "Seconds between checkpoints within an epoch, and at most after epochs")
      ->check(real_in(0, 1e6))
      ->type_name("S")
      ->capture_default_str()
      ->group(group_);
}

RunSettings TrainOptions::applied_to(RunSettings settings) const {
  for (const auto& change : changes_) change(settings);
  settings.training.noise = noise_.applied_to(settings.training.noise);
  settings.training.seed = settings.training.noise.seed;  // one --seed for both
  return settings;
}

}  // namespace limpid
