#include "native/cli/train_options.h"

#include <CLI/CLI.hpp>
#include <limits>
#include <type_traits>

#include "core/engine/loss.h"
#include "core/model/presets.h"
#include "core/names.h"
#include "native/cli/byte_size.h"
#include "native/cli/commands.h"
#include "native/cli/option_values.h"

namespace limpid {

namespace {

auto& in(RunSettings& s, auto RunSettings::*field) { return s.*field; }
auto& in(RunSettings& s, auto SplitSettings::*field) { return s.split.*field; }
auto& in(RunSettings& s, auto TrainingSettings::*field) { return s.training.*field; }

// Options that each change a setting when they are given. A name is followed by the value's unit,
// "--epochs N"; the help tells the default behind the text.
class SettingOptions {
 public:
  SettingOptions(CLI::App& command, const RunSettings& defaults,
                 std::vector<std::function<void(RunSettings&)>>& changes)
      : command_(command), defaults_(defaults), changes_(changes) {}

  void flag(const char* name, const char* text, auto field) {
    const auto remember = [&changes = changes_, field] {
      changes.push_back([field](RunSettings& settings) { in(settings, field) = true; });
    };
    command_.add_flag_callback(name, remember, text);
  }

  CLI::Option* number(const std::string& name, const char* text, auto field) {
    using Number = std::remove_reference_t<decltype(in(defaults_, field))>;
    CLI::Option* const option =
        value<Number>(name, text, [=](RunSettings& s, Number value) { in(s, field) = value; });
    if constexpr (std::is_integral_v<Number>) {
      option->transform(whole_in(0, uint64_t(std::numeric_limits<Number>::max())));
    }
    return option->default_str(number_text(double(in(defaults_, field))));
  }

  // One of the names that parse() takes.
  void name(const std::string& name, const char* text, auto field, auto parse) {
    const auto change = [=](RunSettings& s, const std::string& given) {
      in(s, field) = parse(given);
    };
    value<std::string>(name, text, change)
        ->check(parsed_by(parse))
        ->default_str(to_string(in(defaults_, field)));
  }

  template <class Value>
  CLI::Option* value(const std::string& name, const char* text, auto change) {
    const auto remember = [&changes = changes_, change](const Value& value) {
      changes.push_back([=](RunSettings& settings) { change(settings, value); });
    };
    const size_t space = name.find(' ');
    return command_.add_option_function<Value>(name.substr(0, space), remember, text)
        ->type_name(name.substr(space + 1));
  }

 private:
  CLI::App& command_;
  RunSettings defaults_;
  std::vector<std::function<void(RunSettings&)>>& changes_;
};

void add_data_options(SettingOptions& add) {
  add.number("--size SIZE", "Resize to SIZE x SIZE pixels; 0: keep their own size",
             &RunSettings::size)
      ->transform(whole_in(0, largest_side));
  add.number("--test-size 0..1", "Share of the pictures that only test", &SplitSettings::test_size);
  add.number("--split-seed N", "scikit-learn's random_state of the split", &SplitSettings::seed);
  add.flag("--group-duplicates", "Keep byte-identical pictures on one side of the split",
           &SplitSettings::group_duplicates);
  add.number("--crop CROP", "Learn from random squares of CROP x CROP pixels; 0: whole",
             &TrainingSettings::crop);
  add.flag("--flip", "Turn pictures left-right and upside down at random", &TrainingSettings::flip);
  add.number("--gray-share 0..1", "Share of the pictures made gray at random",
             &TrainingSettings::gray_share);
  add.number("--jpeg-share 0..1",
             "Share of the noisy pictures, those with unclipped noise left out, stored as JPEG of "
             "quality 50 to 95",
             &TrainingSettings::jpeg_share);
  add.number("--draws N",
             "Times that an epoch takes each picture, with another crop and noise: fewer tests "
             "and checkpoints where epochs are short",
             &TrainingSettings::draws);
}

void add_learning_options(SettingOptions& add) {
  add.number("--epochs N", "Times through all pictures", &TrainingSettings::epochs);
  add.number("--batch N", "Pictures a step", &TrainingSettings::batch);
  add.number("--lr RATE", "Learning rate", &TrainingSettings::learning_rate);
  add.name("--loss LOSS", "mse, bce, l1, or psnr: the dB that are missing to 40",
           &TrainingSettings::loss, parse_loss);
  add.name("--optimizer NAME", "adam or sgd", &TrainingSettings::optimizer, parse_optimizer);
  add.number("--momentum 0..1", "Of sgd", &TrainingSettings::momentum);
  add.name("--schedule NAME", "Of the learning rate: constant, cosine or plateau",
           &TrainingSettings::schedule, parse_schedule);
  add.number("--warm-up N", "Steps in which the learning rate rises evenly from nothing",
             &TrainingSettings::warm_up);
  add.number("--clip-norm NORM",
             "Scale a step's gradients down to this norm of all together; 0: never",
             &TrainingSettings::clip_norm);
  add.number("--plateau-patience N", "Epochs without a lower validation loss that halve the rate",
             &TrainingSettings::plateau_patience);
  add.number("--stop-patience N",
             "Epochs without a lower validation loss that end the training; 0: never",
             &TrainingSettings::stop_patience);
  add.flag("--keep-best",
           "The model is that of the epoch with the lowest validation loss, not the last",
           &TrainingSettings::keep_best);
  add.number("--average-decay 0..1",
             "The model is the moving average of the weights, with this decay; 0: off",
             &TrainingSettings::average_decay);
}

void add_machine_options(SettingOptions& add, const EngineList& engines) {
  add.value<std::string>("--engine NAME", "What computes; `limpid engines` lists them",
                         [](RunSettings& s, const std::string& name) { s.engine = name; })
      ->default_str(default_engine(engines));
  add.number("--threads N", "Threads to use; 0: one for each core", &TrainingSettings::threads);
  add.value<std::string>("--memory SIZE", "Memory of the network, at most (no cap)",
                         [](RunSettings& s, const std::string& size) {
                           s.training.memory_bytes = parse_byte_size(size);
                         });
  add.number("--at-once N", "Pictures in one call of the network; 0: as suits it",
             &TrainingSettings::at_once);
}

}  // namespace

void TrainOptions::add_to(CLI::App& command, const EngineList& engines) {
  const RunSettings otherwise = defaults(engines);
  SettingOptions options(command, otherwise, changes_);
  command.add_option("DATA", data_, "Folders of clean pictures, and pictures")->check(not_empty());
  command.add_option("-o,--output", run, "The run's folder: new or empty, unless --resume")
      ->required()
      ->type_name("RUN")
      ->check(not_empty());
  command.add_flag("--resume", resume,
                   "Go on where the run in RUN stopped, with its own settings; more --epochs and "
                   "another --threads, --memory, --engine and DATA are allowed");
  command
      .add_option("--model", model,
                  "A preset's layers with new weights (" + listed(preset_names()) +
                      "), FILE.json, or a model file or run folder to go on from (article if not "
                      "given)")
      ->type_name("MODEL")
      ->check(not_empty());
  command.add_flag("--json", json, std::string(json_help) + " at the end");
  command.option_defaults()->group("Pictures");
  command.add_option("--channels", channels, "1 gray, 3 colour (the model's if not given)")
      ->transform(whole_in(1, 3))
      ->check(CLI::IsMember({1, 3}))
      ->type_name("N");
  add_data_options(options);
  noise_.add_to(command, {.strength = number_text(otherwise.training.noise.strength),
                          .seed = "Of weights, noise, order and augmentation (" +
                                  std::to_string(otherwise.training.seed) + ")"});
  CLI::Option* const noisy =
      command
          .add_option("--noisy", noisy_,
                      "A folder with the noisy pictures, each of the same name and size as the "
                      "clean one: they are learned from, and no noise is added")
          ->type_name("FOLDER")
          ->check(not_empty())
          ->group("Pictures");
  NoiseOptions::exclude(command, *noisy);
  CLI::Option* const test_data =
      command
          .add_option(
              "--test-data", test_data_,
              "A folder whose pictures only test, beside DATA or within; those of DATA that "
              "are not in it all train")
          ->type_name("FOLDER")
          ->check(not_empty())
          ->group("Pictures");
  for (const char* const drawing : {"--test-size", "--split-seed", "--group-duplicates"}) {
    test_data->excludes(command.get_option(drawing));
  }
  command.option_defaults()->group("Learning");
  add_learning_options(options);
  command.option_defaults()->group("Machine");
  add_machine_options(options, engines);
  command.get_option("--engine")->each([this](const std::string&) { engine_given = true; });
  command
      .add_option("--checkpoint-every", checkpoint_every_s,
                  "Seconds between checkpoints within an epoch, and at most after epochs")
      ->check(real_in(0, 1e6))
      ->type_name("S")
      ->capture_default_str();
}

RunSettings TrainOptions::defaults(const EngineList& engines) {
  RunSettings settings;
  settings.engine = default_engine(engines);
  settings.training.noise.strength = 0.4f;  // the article's
  return settings;
}

RunSettings TrainOptions::applied_to(RunSettings settings) const {
  if (!data_.empty()) settings.data.clear();
  for (const std::filesystem::path& path : data_) {
    settings.data.push_back(std::filesystem::absolute(path));
  }
  if (!test_data_.empty()) settings.test_data = std::filesystem::absolute(test_data_);
  for (const auto& change : changes_) change(settings);
  if (!noisy_.empty()) {
    settings.noisy = std::filesystem::absolute(noisy_);
    settings.training.noisy_pictures = true;
    settings.training.noise.strength = 0;
  }
  settings.training.noise = noise_.applied_to(settings.training.noise);
  settings.training.seed = settings.training.noise.seed;  // one --seed for both
  return settings;
}

}  // namespace limpid
