// limpid grid: clean, noisy and restored pictures side by side, in one PNG.
#include <CLI/CLI.hpp>
#include <memory>

#include "core/data/folder.h"
#include "core/image/encoding.h"
#include "core/image/picture.h"
#include "native/cli/commands.h"
#include "native/cli/compute_options.h"
#include "native/cli/interrupt.h"
#include "native/cli/noise_options.h"
#include "native/cli/option_values.h"
#include "native/cli/picture_jobs.h"
#include "native/cli/progress.h"
#include "native/cli/restorer.h"
#include "native/cli/usage_error.h"
#include "native/report/grid.h"
#include "native/report/noise_text.h"

namespace limpid {

namespace {

constexpr const char* description =
    "Draw rows of clean, noisy and restored pictures with their RMSE, as the article does.";

constexpr const char* examples = R"(Examples:
  limpid grid a.png b.png c.png --model runs/mri --noise 0.4 -o grid.png
  limpid grid photos/ --count 8 --model runs/mri -o grid.png)";

struct Options {
  std::vector<std::filesystem::path> inputs;
  std::filesystem::path output;
  RestorerOptions restorer;
  int count = 5;
  NoiseOptions noise;
  ComputeOptions compute;
};

int run(const Options& options, const EngineList& engines) {
  asked([&] { return format_of(options.output); });
  const NoiseSettings noise = options.noise.applied_to({});
  Restorer restorer(options.restorer, options.compute, engines);
  const RestorePicture restore = restoring(restorer, unless_interrupted);
  Progress progress;
  // In the order that they were given in.
  std::vector<FoundFile> files;
  bool complete = true;
  for (const std::filesystem::path& input : options.inputs) {
    const FoundFiles found = find_pictures({input});
    for (const SkippedFile& folder : found.skipped) progress.leave_out(folder.reason);
    if (!found.passed_over.empty()) progress.leave_out(found.passed_over);
    files.insert(files.end(), found.files.begin(), found.files.end());
    complete &= found.skipped.empty();
  }
  for (const FoundFile& file : files) refuse_overwriting(options.output, {file.file});
  std::vector<Example> shown;
  for (const FoundFile& file : files) {
    if (shown.size() == size_t(options.count)) break;
    const NoisePlace place = {.epoch = 0, .picture = uint32_t(shown.size())};
    try {
      const Example whole = make_example(restore, file.file.filename().string(),
                                         read_picture(file.file).color, {noise, place});
      if (interrupted()) return interrupted_status();
      shown.push_back(for_grid(whole));
    } catch (const std::exception& error) {
      progress.leave_out(sentence_about(file.file, error));
      complete = false;
    }
  }
  if (shown.empty()) throw Error(options.inputs.front().string() + ": no picture to show in it");
  make_folder_of(options.output);
  write_picture(options.output,
                {.color = draw_grid({restorer.name(), noise_text(noise)}, shown), .alpha = {}});
  return complete ? 0 : 1;
}

}  // namespace

void add_grid_command(CLI::App& app, const EngineList& engines, Job& job) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("grid", description);
  command.footer(examples);
  command.add_option("IN", options->inputs, "Pictures and folders of pictures")
      ->required()
      ->check(not_empty());
  command.add_option("-o,--output", options->output, "The picture to write")
      ->required()
      ->type_name("FILE")
      ->check(not_empty());
  options->restorer.add_to(command);
  command.add_option("--count", options->count, "Columns, at most")
      ->transform(whole_in(1, 20))
      ->type_name("N")
      ->capture_default_str();
  options->noise.add_to(command, {.strength = "0.2"});
  options->compute.add_to(command, engines);
  command.callback(
      [options, &engines, &job] { job = [options, &engines] { return run(*options, engines); }; });
}

}  // namespace limpid
