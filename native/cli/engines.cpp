#include "native/cli/engines.h"

#include <cassert>

#include "native/cli/usage_error.h"

namespace limpid {

std::string default_engine(const Engines& engines) {
  for (const EngineEntry& entry : engines) {
    if (entry.make) return entry.name;
  }
  assert(false);
  return "";
}

std::unique_ptr<Engine> make_engine(const Engines& engines, const std::string& name) {
  std::string names;
  for (const EngineEntry& entry : engines) {
    if (entry.name == name && !entry.make) throw Error("engine " + name + ": " + entry.absent);
    if (entry.name == name) return entry.make();
    names += (names.empty() ? "" : ", ") + entry.name;
  }
  throw UsageError("no engine is called '" + name + "' (there are: " + names + ")");
}

}  // namespace limpid
