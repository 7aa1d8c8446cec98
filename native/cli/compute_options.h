// The options that say what does the work, alike in every command that runs a network.
#pragma once

#include <cstddef>
#include <string>

#include "core/denoise.h"
#include "native/cli/engines.h"

namespace CLI {
class App;
}

namespace limpid {

struct ComputeOptions {
  std::string engine;
  int threads = 0;
  size_t memory_bytes = DenoiseSettings().memory_bytes;

  // --engine and --threads.
  void add_engine_to(CLI::App& command, const EngineList& engines);
  // These and --memory.
  void add_to(CLI::App& command, const EngineList& engines);
  DenoiseSettings denoise_settings() const {
    return {.memory_bytes = memory_bytes, .threads = threads};
  }
};

}  // namespace limpid
