// The engines this program was built with, and those it could have been.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/engine/engine.h"

namespace limpid {

// A kind of engine, on one device or several. The machine is asked when it matters only.
struct EngineEntry {
  std::string name;
  std::unique_ptr<Engine> (*make)(int device) = nullptr;  // none: `absent` says why
  std::string absent = {};
  std::string (*missing)() = nullptr;  // what this machine lacks; "": nothing
  int (*devices)() = nullptr;          // how many GPUs it has; none: it is the CPU's, and one
};

// Why it cannot be made here, in one sentence; "" when it can.
std::string absence(const EngineEntry& entry);

// The first one that can be made is the default.
using EngineList = std::vector<EngineEntry>;

int device_count(const EngineEntry& entry);

// As make_engine() takes it: the kind's, for devices after the first with their number, "cuda:1".
std::string engine_name(const EngineEntry& entry, int device);

std::string default_engine(const EngineList& engines);

// The first one for a GPU that can be made here; "": there is none. Asks the machine.
std::string gpu_engine(const EngineList& engines);

// Throws UsageError when there is none of that name, Error when it is absent.
std::unique_ptr<Engine> make_engine(const EngineList& engines, const std::string& name);

}  // namespace limpid
