// limpid summary: the table that Keras prints of a model.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "core/engine/limits.h"
#include "core/model/summary.h"
#include "core/train/settings.h"
#include "native/cli/commands.h"
#include "native/cli/model_argument.h"
#include "native/cli/option_values.h"
#include "native/cli/usage_error.h"
#include "native/report/scores.h"

namespace limpid {

namespace {

constexpr const char* description =
    R"(Print a model's layers, with their shapes and parameters.

MODEL is a preset's name, a network that comes along, an own architecture (FILE.json), a model file
or a training's folder.)";

constexpr const char* examples = R"(Examples:
  limpid summary
  limpid summary classroom --size 64
  limpid summary mine.json --json)";

struct Options {
  std::string model = "article";
  int size = 256;
  bool json = false;
};

Json json_of(const Summary& summary) {
  Json layers = Json::array();
  for (const LayerSummary& layer : summary.layers) {
    const Shape& shape = layer.output_shape;
    layers.push_back({{"name", layer.name},
                      {"kind", layer.kind},
                      {"output_shape", {shape.height, shape.width, shape.channels}},
                      {"parameters", layer.parameters}});
  }
  return {{"parameters", summary.parameters}, {"flops", summary.flops}, {"layers", layers}};
}

int run(const Options& options) {
  const ModelFile file = any_model(options.model);
  asked([&] { check_size(file.model, {.height = options.size, .width = options.size}); });
  const Summary summary = summarize(file.model, options.size, options.size);
  const std::string text =
      options.json ? line_of(json_of(summary)) + "\n" : to_text(file.model, summary);
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

void add_summary_command(CLI::App& app, Job& job) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("summary", description);
  command.footer(examples);
  command.add_option("MODEL,--model", options->model, "What to print")
      ->type_name("MODEL")
      ->capture_default_str();
  command.add_option("--size", options->size, "Side of the picture, in pixels")
      ->transform(whole_in(1, largest_side))
      ->type_name("PIXELS")
      ->capture_default_str();
  command.add_flag("--json", options->json, json_help);
  command.callback([options, &job] { job = [options] { return run(*options); }; });
}

}  // namespace limpid
