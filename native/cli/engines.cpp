#include "native/cli/engines.h"

#include <cassert>

#include "core/names.h"
#include "native/cli/usage_error.h"

namespace limpid {

std::string absence(const EngineEntry& entry) {
  if (!entry.make) return entry.absent;
  return entry.missing ? entry.missing() : "";
}

int device_count(const EngineEntry& entry) { return entry.devices ? entry.devices() : 1; }

std::string engine_name(const EngineEntry& entry, int device) {
  return device == 0 ? entry.name : entry.name + ":" + std::to_string(device);
}

std::string default_engine(const EngineList& engines) {
  for (const EngineEntry& entry : engines) {
    if (absence(entry).empty()) return entry.name;
  }
  assert(false);
  return "";
}

std::string gpu_engine(const EngineList& engines) {
  for (const EngineEntry& entry : engines) {
    if (entry.devices && absence(entry).empty()) return entry.name;
  }
  return "";
}

std::unique_ptr<Engine> make_engine(const EngineList& engines, const std::string& name) {
  const size_t colon = name.find(':');
  const std::string kind = name.substr(0, colon);
  std::vector<std::string> names;
  for (const EngineEntry& entry : engines) {
    if (entry.name == kind) {
      const std::string why = absence(entry);
      if (!why.empty()) throw Error("engine " + name + ": " + why);
      for (int device = 0; device < device_count(entry); ++device) {
        if (engine_name(entry, device) == name) return entry.make(device);
      }
      throw UsageError("there is no engine " + name + ": the last one of its kind is " +
                       engine_name(entry, device_count(entry) - 1));
    }
    names.push_back(entry.name);
  }
  throw UsageError(unknown_name("engine", name, names).what());
}

}  // namespace limpid
