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
}

namespace limpid {

class TrainOptions {
 public:
  void add_to(CLI::App& command, const EngineList& engines);

  // What is meant where nothing is given.
  static RunSettings defaults(const EngineList& engines);
  // `settings` with what was given on the command line.
  RunSettings applied_to(RunSettings settings) const;

  std::filesystem::path run;
  bool resume = false;
  std::optional<std::string> model;
  std::optional<int> channels;
  bool engine_given = false;
  double checkpoint_every_s = 60;
  bool json = false;

 private:
  std::vector<std::filesystem::path> data_;
  std::filesystem::path noisy_;
  std::filesystem::path test_data_;
  NoiseOptions noise_;
  std::vector<std::function<void(RunSettings&)>> changes_;
};

}  // namespace limpid
