// The options that say which noise is added, alike in every command.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/noise/noise.h"

namespace CLI {
class App;
}

namespace limpid {

class NoiseOptions {
 public:
  // --noise, --noise-kind, --noise-field, --no-clip, the shares (--no-clip-share,
  // --monochrome-share, --camera-share) and --seed, which is told to be what `seed_text` says.
  void add_to(CLI::App& command,
              const std::string& seed_text = "The same seed gives the same noise, everywhere");

  bool strength_given() const { return strength_given_; }
  // `settings` with the options that were given. Throws UsageError when they do not fit together.
  NoiseSettings applied_to(NoiseSettings settings) const;

 private:
  bool strength_given_ = false;
  std::vector<std::function<void(NoiseSettings&)>> changes_;
};

}  // namespace limpid
