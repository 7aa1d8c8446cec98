#include "native/cli/compute_options.h"

#include <CLI/CLI.hpp>

#include "core/train/settings.h"
#include "native/cli/byte_size.h"
#include "native/cli/option_values.h"

namespace limpid {

void ComputeOptions::add_engine_to(CLI::App& command, const EngineList& engines) {
  engine = default_engine(engines);
  CLI::Option* const with_engine =
      command.add_option("--engine", engine, "What computes; `limpid engines` lists them")
          ->type_name("NAME")
          ->capture_default_str()
          ->group("Machine");
  // Classical methods run on the CPU, whatever there is.
  if (CLI::Option* const method = command.get_option_no_throw("--method")) {
    with_engine->excludes(method);
  }
  command.add_option("--threads", threads, "Threads to use; 0: one for each core")
      ->transform(whole_in(0, most_threads))
      ->type_name("N")
      ->group("Machine");
}

void ComputeOptions::add_to(CLI::App& command, const EngineList& engines) {
  add_engine_to(command, engines);
  command
      .add_option_function<std::string>(
          "--memory", [this](const std::string& text) { memory_bytes = parse_byte_size(text); },
          "Memory of the network, at most; larger pictures are restored in tiles, with the same "
          "result (512M if not given)")
      ->type_name("SIZE")
      ->group("Machine");
}

}  // namespace limpid
