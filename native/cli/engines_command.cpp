// limpid engines: what this machine offers.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "native/cli/commands.h"
#include "native/report/scores.h"

namespace limpid {

namespace {

int run(const EngineList& engines, bool json) {
  Json list = Json::array();
  for (const EngineEntry& entry : engines) {
    const std::string why = absence(entry);
    for (int device = 0; device < (why.empty() ? device_count(entry) : 1); ++device) {
      const std::string name = engine_name(entry, device);
      const std::string text = why.empty() ? entry.make(device)->describe() : "absent: " + why;
      list.push_back({{"name", name}, {"available", why.empty()}, {"description", text}});
      if (!json) std::printf("%-11s %s\n", name.c_str(), text.c_str());
    }
  }
  if (json) std::printf("%s\n", line_of({{"engines", list}}).c_str());
  return 0;
}

}  // namespace

void add_engines_command(CLI::App& app, const EngineList& engines, Job& job) {
  const auto json = std::make_shared<bool>(false);
  CLI::App& command =
      *app.add_subcommand("engines", "List what can run a network on this machine.");
  command.footer("Example:\n  limpid engines");
  command.add_flag("--json", *json, json_help);
  command.callback(
      [json, &engines, &job] { job = [json, &engines] { return run(engines, *json); }; });
}

}  // namespace limpid
