// limpid noise: pictures in, noisy pictures out.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "core/error.h"
#include "core/image/encoding.h"
#include "core/image/picture.h"
#include "core/image/quality.h"
#include "core/noise/noise.h"
#include "native/cli/commands.h"
#include "native/cli/interrupt.h"
#include "native/cli/jpeg_quality.h"
#include "native/cli/noise_options.h"
#include "native/cli/option_values.h"
#include "native/cli/picture_jobs.h"
#include "native/cli/progress.h"
#include "native/report/noise_text.h"
#include "native/report/scores.h"

namespace limpid {

namespace {

constexpr const char* description =
    R"(Add noise to pictures: the same noise that `limpid denoise --noise` adds.

IN are picture files or folders of them; OUT is a file for a single picture, else a folder, in which
PNG and JPEG keep their ending and others become PNG. Files of pictures hold values of 0..1 only, so
the noisy picture is clipped.)";

constexpr const char* examples = R"(Examples:
  limpid noise photo.png -o noisy.png --noise 0.4
  limpid noise photos/ -o noisy/ --noise 0.05 --noise-kind salt-pepper --seed 7)";

struct Options {
  PicturePaths paths;
  JpegQuality quality;
  NoiseOptions noise;
};

void add_noise_to(const PictureJob& job, uint32_t number, const NoiseSettings& settings,
                  int jpeg_quality, Progress& progress) {
  Picture picture = read_picture(job.input);
  const Image clean = picture.color;
  picture.color = add_noise(clean, settings, {.epoch = 0, .picture = number});
  if (!picture.alpha.empty() && format_of(job.output) == PictureFormat::jpeg) {
    progress.say("limpid: " + no_transparency(job.output));
  }
  make_folder_of(job.output);
  write_picture(job.output, picture, jpeg_quality);
  progress.clear();
  std::printf("%s: %s\n", job.output.c_str(), score_text(compare(clean, picture.color)).c_str());
}

int run(const Options& options) {
  const NoiseSettings settings = options.noise.applied_to({});
  const PictureJobs plan = plan_pictures(options.paths);
  const int jpeg_quality = options.quality.for_outputs_of(plan);
  int status = plan.failed.empty() ? 0 : 1;
  Progress progress;
  for (const SkippedFile& file : plan.failed) progress.say("limpid: " + file.reason);
  for (const std::string& sentence : plan.passed_over) progress.leave_out(sentence);
  progress.say(noise_text(settings));
  for (size_t i = 0; i < plan.jobs.size(); ++i) {
    const std::string of_all = std::to_string(plan.jobs.size());
    if (interrupted()) {
      progress.say("limpid: stopped: " + std::to_string(i) + " of " + of_all +
                   " pictures are done");
      return interrupted_status();
    }
    const double share = double(i) / double(plan.jobs.size());
    progress.show(share, "picture " + std::to_string(i + 1) + "/" + of_all + "  " +
                             plan.jobs[i].input.filename().string() + progress.time_left(share));
    try {
      add_noise_to(plan.jobs[i], uint32_t(i), settings, jpeg_quality, progress);
    } catch (const std::exception& error) {
      progress.say("limpid: " + sentence_about(plan.jobs[i].input, error));
      status = 1;
    }
  }
  return status;
}

}  // namespace

void add_noise_command(CLI::App& app, Job& job) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("noise", description);
  command.footer(examples);
  command.add_option("IN", options->paths.inputs, "Pictures and folders of pictures")
      ->required()
      ->check(not_empty());
  command.add_option("-o,--output", options->paths.output, "Where the noisy pictures go")
      ->required()
      ->type_name("OUT");
  options->quality.add_to(command);
  options->noise.add_to(command, {.strength = "0.2", .to_files = true});
  command.callback([options, &job] { job = [options] { return run(*options); }; });
}

}  // namespace limpid
