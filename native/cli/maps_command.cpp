// limpid maps: what leaves each layer of a network, as pictures.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "core/error.h"
#include "core/feature_maps.h"
#include "core/image/picture.h"
#include "core/noise/noise.h"
#include "core/noise/noisy_picture.h"
#include "core/train/settings.h"
#include "native/cli/commands.h"
#include "native/cli/interrupt.h"
#include "native/cli/model_argument.h"
#include "native/cli/noise_options.h"
#include "native/cli/option_values.h"
#include "native/cli/picture_jobs.h"
#include "native/cli/usage_error.h"

namespace limpid {

namespace {

constexpr const char* description =
    R"(Draw what a network makes of a picture on its way: the feature maps that leave each layer.

FOLDER gets a PNG for each layer, numbered in their order: the layer's maps side by side. The
largest value of a map is white and 0 is black; in maps that go below 0 it is gray. Of pictures of
more than 256 x 256 the middle is taken.)";

constexpr const char* examples = R"(Examples:
  limpid maps photo.png -o maps/ --noise 0.2
  limpid maps scan.png -o maps/ --model runs/mri --layer bottleneck)";

struct Options {
  std::filesystem::path input;
  std::filesystem::path output;
  std::string model;
  std::vector<std::string> layers;  // empty: all
  NoiseOptions noise;
  int threads = 0;
};

// Indices of the layers that are wanted.
std::vector<int> chosen_layers(const Model& model, const std::vector<std::string>& names) {
  std::vector<int> chosen;
  std::string known;
  for (int i = 0; i < int(model.layers.size()); ++i) {
    const std::string& name = model.layers[size_t(i)].name;
    known += (i > 0 ? ", " : "") + name;
    if (names.empty() || std::count(names.begin(), names.end(), name) > 0) chosen.push_back(i);
  }
  for (const std::string& name : names) {
    const auto is_it = [&](const Layer& layer) { return layer.name == name; };
    if (std::none_of(model.layers.begin(), model.layers.end(), is_it)) {
      throw UsageError("--layer " + name + ": the model '" + model.name + "' has the layers " +
                       known);
    }
  }
  return chosen;
}

std::string file_name(int layer, const std::string& name) {
  char number[16];
  std::snprintf(number, sizeof number, "%02d-", layer + 1);
  return number + name + ".png";
}

int run(const Options& options, const EngineList& engines) {
  const ModelFile file = trained_model(options.model);
  const std::vector<int> layers = chosen_layers(file.model, options.layers);
  const Raster whole = read_stored(options.input).color;
  std::optional<PlacedNoise> noise;
  if (options.noise.strength_given()) noise = placed(options.noise.applied_to({}));
  const RowSpan rows = middle_rows(whole.height);
  const Image picture = middle_of(*NoisyPicture(whole, noise).rows(rows.top, rows.count()));
  const std::unique_ptr<Engine> engine = make_engine(engines, "cpu");
  const auto output_of = [&](int layer) {
    return options.output / file_name(layer, file.model.layers[size_t(layer)].name);
  };
  for (const int layer : layers) refuse_overwriting(output_of(layer), {options.input});
  for (const int layer : layers) {
    if (interrupted()) return interrupted_status();
    const FeatureMaps maps =
        feature_maps(*engine, file.model, file.weights, layer, picture, options.threads);
    const std::filesystem::path output = output_of(layer);
    make_folder_of(output);
    write_picture(output, mosaic(maps).picture, {});
    std::printf("%s: %d maps of %d x %d\n", output.c_str(), maps.shape.channels, maps.shape.width,
                maps.shape.height);
  }
  return 0;
}

}  // namespace

void add_maps_command(CLI::App& app, const EngineList& engines, Job& job) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("maps", description);
  command.footer(examples);
  command.add_option("IN", options->input, "The picture")->required()->check(not_empty());
  command.add_option("-o,--output", options->output, "Where the pictures of maps go")
      ->required()
      ->type_name("FOLDER")
      ->check(not_empty());
  command.add_option("--model", options->model, optional_model_help())
      ->type_name("MODEL")
      ->check(not_empty());
  command.add_option("--layer", options->layers, "Of this layer alone; may be repeated")
      ->allow_extra_args(false)
      ->type_name("NAME");
  options->noise.add_to(command, {});
  command.add_option("--threads", options->threads, "Threads to use; 0: one for each core")
      ->transform(whole_in(0, most_threads))
      ->type_name("N")
      ->capture_default_str();
  command.callback(
      [options, &engines, &job] { job = [options, &engines] { return run(*options, engines); }; });
}

}  // namespace limpid
