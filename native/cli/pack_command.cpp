// limpid pack: a model in half the bytes.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/data/path_json.h"
#include "core/train/run_folder.h"
#include "native/cli/commands.h"
#include "native/cli/model_argument.h"
#include "native/cli/option_values.h"
#include "native/cli/picture_jobs.h"
#include "native/cli/usage_error.h"
#include "native/shipped_model.h"

namespace limpid {

namespace {

constexpr const char* description =
    R"(Store a model with 16-bit numbers: half the size, 3 digits of each weight.

What it says of its training goes along, but for the scores of each epoch, which stay in the run's
folder. All of limpid reads such a file; `limpid evaluate` tells what the missing digits cost.)";

constexpr const char* examples = R"(Examples:
  limpid pack runs/mri -o mri.safetensors)";

struct Options {
  std::string model, name;
  std::filesystem::path output;
};

// What trained_model() may read.
std::vector<std::filesystem::path> sources_of(const std::string& model) {
  return {model, RunFolder::model_of(model), shipped_model(model).value_or("")};
}

// Without its checkpoint a run cannot go on.
void refuse_files_of_a_run(const std::filesystem::path& output) {
  const std::filesystem::path folder = output.parent_path();
  if (!RunFolder::holds_run(folder)) return;
  for (const auto& file : {RunFolder::model_of(folder), RunFolder::checkpoint_of(folder)}) {
    if (output.filename() == file.filename()) {
      throw UsageError("writing " + output.string() +
                       " would overwrite a file of the training there: choose another output");
    }
  }
}

int run(const Options& options) {
  if (options.output.extension() != ".safetensors") {
    throw UsageError("cannot write " + options.output.string() +
                     ": its name must end in .safetensors");
  }
  if (path_to_json(options.name).is_array()) throw UsageError("--name: it is not UTF-8");
  refuse_overwriting(options.output, sources_of(options.model));
  refuse_files_of_a_run(options.output);
  ModelFile model = trained_model(options.model);
  model.metadata.erase("history");
  if (!options.name.empty()) model.model.name = options.name;
  make_folder_of(options.output);
  write_model_file(options.output, model, Storage::f16);
  const auto bytes = std::filesystem::file_size(options.output);
  std::fprintf(stderr, "%s: %ju bytes\n", options.output.c_str(), uintmax_t(bytes));
  return 0;
}

}  // namespace

void add_pack_command(CLI::App& app, Job& job) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("pack", description);
  command.footer(examples);
  command.add_option("MODEL,--model", options->model, model_help())
      ->required()
      ->type_name("MODEL")
      ->check(not_empty());
  command.add_option("-o,--output", options->output, "The file to write")
      ->required()
      ->type_name("FILE")
      ->check(not_empty());
  command.add_option("--name", options->name, "What the network is called from now on")
      ->type_name("NAME");
  command.callback([options, &job] { job = [options] { return run(*options); }; });
}

}  // namespace limpid
