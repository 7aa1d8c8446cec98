#include "native/cli/engines.h"

#include <cassert>

#include "native/cli/usage_error.h"

namespace limpid {

std::string absence(const EngineEntry& entry) {
  if (!entry.make) return entry.absent;
  return entry.missing ? entry.missing() : "";
}

std::string default_engine(const Engines& engines) {
  for (const EngineEntry& entry : engines) {
    if (absence(entry).empty()) return entry.name;
  }
  assert(false);
  return "";
}

std::unique_ptr<Engine> make_engine(const Engines& engines, const std::string& name) {
  std::string names;
  for (const EngineEntry& entry : engines) {
    if (entry.name == name) {
      const std::string why = absence(entry);
      if (!why.empty()) throw Error("engine " + name + ": " + why);
      return entry.make();
    }
    names += (names.empty() ? "" : ", ") + entry.name;
  }
  throw UsageError("no engine is called '" + name + "' (there are: " + names + ")");
}

}  // namespace limpid
