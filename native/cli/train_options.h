// The options of limpid train.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/train/run_settings.h"
#include "native/cli/engines.h"
#include "native/cli/noise_options.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace limpid {

class TrainOptions {
 public:
  void add_to(CLI::App& command, const Engines& engines);

  // `settings` with what was given on the command line.
  RunSettings applied_to(RunSettings settings) const;

  std::filesystem::path run;
  bool resume = false;
  std::optional<std::string> model;
  std::optional<int> channels;
  double checkpoint_every_s = 60;
  bool json = false;

 private:
  void add_data_options(CLI::App& command);
  void add_learning_options(CLI::App& command);
  void add_machine_options(CLI::App& command, const Engines& engines);

  // An option that, when it is given, changes the settings.
  template <class Value, class Change>
  CLI::Option* option(CLI::App& command, const std::string& name, const std::string& text,
                      Change change);

  NoiseOptions noise_;
  std::string group_;  // of the options that are being added
  std::vector<std::function<void(RunSettings&)>> changes_;
};

}  // namespace limpid
