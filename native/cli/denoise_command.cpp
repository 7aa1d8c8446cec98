// limpid denoise: pictures in, restored pictures out.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <new>
#include <optional>

#include "core/image/picture.h"
#include "core/image/quality.h"
#include "core/noise/noise.h"
#include "native/cli/commands.h"
#include "native/cli/compute_options.h"
#include "native/cli/interrupt.h"
#include "native/cli/noise_options.h"
#include "native/cli/picture_jobs.h"
#include "native/cli/progress.h"
#include "native/cli/restorer.h"
#include "native/cli/usage_error.h"
#include "native/report/scores.h"

namespace limpid {

namespace {

constexpr const char* description =
    R"(Remove noise from pictures.

IN are PNG, JPEG, BMP, GIF, TGA, PNM or HDR files, or folders of them; OUT is a file for a single
picture, else a folder, in which sub-folders are kept. Size, bit depth and transparency stay as they
are, and gray stays gray. Pictures of any size fit into --memory.

With --noise the noise is added first, and what the network (or the method) makes of it is compared
with IN: RMSE on the 0..1 scale (0 is perfect), PSNR in dB and SSIM (both: more is better).)";

constexpr const char* examples = R"(Examples:
  limpid denoise scan.png -o clean.png
  limpid denoise scan.png -o clean.png --model runs/mri
  limpid denoise scan.png -o clean.png --method nlm
  limpid denoise photos/ -o restored/ --model runs/mri
  limpid denoise clean.png -o restored.png --model runs/mri --noise 0.2 --save-noisy noisy.png)";

struct Options {
  PicturePaths paths;
  RestorerOptions restorer;
  NoiseOptions noise;
  ComputeOptions compute;
  bool json = false;
};

struct Outcome {
  Image restored;  // empty: interrupted
  double ms = 0;
  std::optional<Quality> noisy_quality, restored_quality;
};

class Run {
 public:
  Run(const Options& options, const Engines& engines)
      : options_(options),
        noise_(options.noise.applied_to({})),
        plan_(plan_pictures(options.paths)),
        restorer_(options.restorer, options.compute, engines) {}

  int status();

 private:
  void restore(size_t i);
  Outcome outcome_of(size_t i, const Picture& picture, Picture& noisy);
  void report(const PictureJob& job, const Picture& picture, const Outcome& outcome);
  void fail(const std::filesystem::path& input, const std::string& message);

  const Options& options_;
  const NoiseSettings noise_;
  const PictureJobs plan_;
  Restorer restorer_;
  Progress progress_;
  Json files_ = Json::array();
  Json errors_ = Json::array();
};

int Run::status() {
  for (const SkippedFile& file : plan_.failed) fail(file.file, file.reason);
  for (size_t i = 0; i < plan_.jobs.size() && !interrupted(); ++i) {
    try {
      restore(i);
    } catch (const Error& error) {
      const std::string input = plan_.jobs[i].input.string(), message = error.what();
      const bool named = message.find(input) != std::string::npos;
      fail(input, named ? message : input + ": " + message);
    } catch (const std::bad_alloc&) {
      fail(plan_.jobs[i].input, plan_.jobs[i].input.string() + ": there is not enough memory");
    }
  }
  if (options_.json)
    std::printf("%s\n", Json{{"files", files_}, {"errors", errors_}}.dump().c_str());
  if (interrupted()) {
    progress_.say("limpid: stopped: " + std::to_string(files_.size()) + " of " +
                  std::to_string(plan_.jobs.size()) + " pictures are written");
    return interrupted_status();
  }
  return errors_.empty() ? 0 : 1;
}

void Run::restore(size_t i) {
  const PictureJob& job = plan_.jobs[i];
  const Picture picture = read_picture(job.input);
  Picture noisy = picture;
  const Outcome outcome = outcome_of(i, picture, noisy);
  if (outcome.restored.empty()) return;
  if (!picture.alpha.empty() && job.output.extension() != ".png") {
    progress_.say("limpid: " + job.output.string() +
                  ": JPEG keeps no transparency, the picture loses it");
  }
  make_folder_of(job.output);
  if (!job.noisy.empty()) {
    make_folder_of(job.noisy);
    write_picture(job.noisy, noisy);
  }
  Picture restored = picture;
  restored.color = outcome.restored;
  write_picture(job.output, restored);
  report(job, picture, outcome);
}

// `noisy` is given the noise that was asked for.
Outcome Run::outcome_of(size_t i, const Picture& picture, Picture& noisy) {
  const PictureJob& job = plan_.jobs[i];
  std::optional<Image> clean;
  std::optional<NoiseSettings> added;
  if (options_.noise.strength_given()) {
    clean = picture.color;
    const NoisePlace place = {.epoch = 0, .picture = uint32_t(i)};
    noisy.color = add_noise(picture.color, noise_, place);
    added = drawn(noise_, place);
  } else if (!job.reference.empty()) {
    clean = with_channels(read_picture(job.reference).color, picture.color.channels);
    if (!clean->same_size(picture.color)) {
      throw Error(job.reference.string() + ": the clean picture has not the size of " +
                  job.input.string());
    }
  }
  Outcome outcome;
  const auto start = std::chrono::steady_clock::now();
  outcome.restored = restorer_.restore(noisy.color, added, [&](double share) {
    progress_.show((double(i) + share) / double(plan_.jobs.size()),
                   "picture " + std::to_string(i + 1) + "/" + std::to_string(plan_.jobs.size()) +
                       "  " + job.input.filename().string());
    return !interrupted();
  });
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  outcome.ms = spent.count();
  if (clean && !outcome.restored.empty()) {
    outcome.noisy_quality = compare(*clean, noisy.color);
    outcome.restored_quality = compare(*clean, outcome.restored);
  }
  return outcome;
}

void Run::report(const PictureJob& job, const Picture& picture, const Outcome& outcome) {
  Json entry = {{"input", job.input.string()},        {"output", job.output.string()},
                {"width", picture.color.width},       {"height", picture.color.height},
                {"channels", picture.color.channels}, {"ms", outcome.ms}};
  if (outcome.noisy_quality) {
    entry["noisy"] = score_json(*outcome.noisy_quality);
    entry["restored"] = score_json(*outcome.restored_quality);
  }
  files_.push_back(entry);
  if (options_.json) return;
  progress_.say(job.output.string() + ": " + std::to_string(picture.color.width) + " x " +
                std::to_string(picture.color.height) + " in " +
                std::to_string(std::lround(outcome.ms)) + " ms");
  if (!outcome.noisy_quality) return;
  std::printf("%s\n  noisy     %s\n  restored  %s\n", job.output.c_str(),
              score_text(*outcome.noisy_quality).c_str(),
              score_text(*outcome.restored_quality).c_str());
}

void Run::fail(const std::filesystem::path& input, const std::string& message) {
  errors_.push_back({{"input", input.string()}, {"message", message}});
  progress_.say("limpid: " + message);
}

}  // namespace

void add_denoise_command(CLI::App& app, const Engines& engines, Job& job) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("denoise", description);
  command.footer(examples);
  command.add_option("IN", options->paths.inputs, "Pictures and folders of pictures")->required();
  command.add_option("-o,--output", options->paths.output, "Where the restored pictures go")
      ->required()
      ->type_name("OUT");
  options->restorer.add_to(command);
  CLI::Option* const reference =
      command
          .add_option("--reference", options->paths.reference,
                      "The clean picture, or a folder with the same names, to compare with")
          ->type_name("CLEAN");
  options->noise.add_to(command);
  CLI::Option* const noise = command.get_option("--noise");
  reference->excludes(noise);
  command.add_option("--save-noisy", options->paths.noisy, "Keep the pictures with noise added")
      ->type_name("OUT")
      ->group("Noise")
      ->needs(noise);
  options->compute.add_to(command, engines);
  command.add_flag("--json", options->json, "Print one JSON object on stdout");
  command.callback([options, &engines, &job] {
    job = [options, &engines] { return Run(*options, engines).status(); };
  });
}

}  // namespace limpid
