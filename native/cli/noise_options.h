// The options that say which noise is added, alike in every command.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/noise/noise.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace limpid {

// What the help of a command says of its noise.
struct NoiseHelp {
  std::string strength = {};  // when --noise is not given: "0.2"; "": then there is no noise, and
                              // the other options need --noise
  std::string seed = "The same seed gives the same noise to the same picture of a list";
  bool to_files = false;  // the noisy pictures alone are wanted, and files hold values of 0..1 only
};

class NoiseOptions {
 public:
  // --noise, --noise-kind, --noise-field, the shares (--monochrome-share, --camera-share), --seed,
  // and unless the noise goes to files --no-clip and --no-clip-share.
  void add_to(CLI::App& command, const NoiseHelp& help);

  // For who has noisy pictures already: `option` goes with none of these but --seed.
  static void exclude(CLI::App& command, CLI::Option& option);

  bool strength_given() const { return strength_given_; }
  // `settings` with the options that were given. Throws UsageError when they do not fit together.
  NoiseSettings applied_to(NoiseSettings settings) const;

 private:
  void add_strength(CLI::App& command, const std::string& otherwise);
  void add_kind(CLI::App& command);
  void add_share(CLI::App& command, const char* name, const char* text,
                 float NoiseSettings::*share);

  bool strength_given_ = false;
  std::vector<std::function<void(NoiseSettings&)>> changes_;
};

}  // namespace limpid
