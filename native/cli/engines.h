// The engines this program was built with, and those it could have been.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/engine/engine.h"

namespace limpid {

struct EngineEntry {
  std::string name;
  std::unique_ptr<Engine> (*make)() = nullptr;  // none: `absent` says why
  std::string absent = {};
  std::string (*missing)() =
      nullptr;  // what this machine lacks, asked when it matters; "": nothing
};

// Why it cannot be made here, in one sentence; "" when it can.
std::string absence(const EngineEntry& entry);

// The first one that can be made is the default.
using Engines = std::vector<EngineEntry>;

std::string default_engine(const Engines& engines);

// Throws UsageError when there is none of that name, Error when it is absent.
std::unique_ptr<Engine> make_engine(const Engines& engines, const std::string& name);

}  // namespace limpid
