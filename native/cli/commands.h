// The commands of `limpid`. Each adds itself to the command line; when it is the one that was asked
// for, `job` becomes its work, which returns the program's exit status.
#pragma once

#include <functional>

#include "native/cli/engines.h"

namespace CLI {
class App;
}

namespace limpid {

using Job = std::function<int()>;

// Of --json.
constexpr const char* json_help = "Print one JSON object on stdout";

void add_denoise_command(CLI::App& app, const EngineList& engines, Job& job);
void add_train_command(CLI::App& app, const EngineList& engines, Job& job);
void add_evaluate_command(CLI::App& app, const EngineList& engines, Job& job);
void add_noise_command(CLI::App& app, Job& job);
void add_grid_command(CLI::App& app, const EngineList& engines, Job& job);
void add_maps_command(CLI::App& app, const EngineList& engines, Job& job);
void add_summary_command(CLI::App& app, Job& job);
void add_pack_command(CLI::App& app, Job& job);
void add_bench_command(CLI::App& app, const EngineList& engines, Job& job);
void add_engines_command(CLI::App& app, const EngineList& engines, Job& job);

}  // namespace limpid
