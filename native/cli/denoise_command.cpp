// limpid denoise: pictures in, restored pictures out.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <new>
#include <optional>
#include <set>

#include "core/data/path_json.h"
#include "core/image/batch.h"
#include "core/image/encoding.h"
#include "core/image/picture.h"
#include "core/image/quality.h"
#include "core/model/networks.h"
#include "core/names.h"
#include "core/noise/noise.h"
#include "core/noise/noisy_picture.h"
#include "native/cli/commands.h"
#include "native/cli/compute_options.h"
#include "native/cli/interrupt.h"
#include "native/cli/jpeg_quality.h"
#include "native/cli/noise_options.h"
#include "native/cli/option_values.h"
#include "native/cli/picture_jobs.h"
#include "native/cli/progress.h"
#include "native/cli/restorer.h"
#include "native/cli/usage_error.h"
#include "native/report/noise_text.h"
#include "native/report/scores.h"

namespace limpid {

namespace {

constexpr const char* description =
    R"(Remove noise from pictures.

IN are PNG, JPEG, WebP, TIFF, BMP, GIF, TGA, PNM or HDR files (of an animation or several pages the
first picture; HDR in 8 bits, cut off at white), or folders of them; OUT is a file for a single
picture, else a folder, in which sub-folders are kept, PNG and JPEG keep their ending and others
become PNG. Size, bit depth, transparency, colour profile, EXIF and XMP stay, turned pictures come
out upright, gray files stay gray; but JPEG, written at --quality, holds 8 bits of three channels,
no transparency and no gray profile. Large pictures go through the network in tiles, so that it
stays within --memory.

With --noise the noise is added first, and what the network (or the method) makes of it is compared
with IN: RMSE on the 0..1 scale (0 is perfect), PSNR in dB and SSIM (both: more is better).)";

constexpr const char* examples = R"(Examples:
  limpid denoise scan.png -o clean.png
  limpid denoise scan.png -o clean.png --model runs/mri
  limpid denoise scan.png -o clean.png --method nlm
  limpid denoise photos/ -o restored/ --model runs/mri --skip-existing
  limpid denoise clean.png -o restored.png --model runs/mri --noise 0.2 --save-noisy noisy.png)";

struct Options {
  PicturePaths paths;
  JpegQuality quality;
  RestorerOptions restorer;
  NoiseOptions noise;
  ComputeOptions compute;
  float amount = 1;
  bool skip_existing = false;
  bool json = false;
};

// What becomes of a picture, in the steps of its depth.
struct Outcome {
  std::string model;
  Raster restored;
  Raster noisy;  // empty where it is not kept
  double ms = 0;
  std::optional<float> strength;                          // of the noise that was added
  std::optional<QualitySum> noisy_score, restored_score;  // none: nothing to compare with
};

// Results in a row that could not be written: the disk is full, or the folder gone, and what
// follows would be restored for nothing.
constexpr int most_unwritten = 2;

class Run {
 public:
  Run(const Options& options, const EngineList& engines)
      : options_(options),
        noise_(options.noise.applied_to({})),
        plan_(plan_pictures(options.paths)),
        jpeg_quality_(options.quality.for_outputs_of(plan_)),
        restorers_(options.restorer, options.compute, engines, !options.noise.strength_given()) {}

  int status();

 private:
  void restore(size_t i);
  bool stops() const;
  std::optional<Outcome> outcome_of(size_t i, const StoredPicture& picture);
  bool write(const std::filesystem::path& file, const Raster& color, const StoredPicture& picture);
  void show(size_t i, double share);  // of picture i is done
  void report(const PictureJob& job, const Outcome& outcome);
  void fail(const std::filesystem::path& input, const std::string& message);
  void report_all();

  const Options& options_;
  const NoiseSettings noise_;
  const PictureJobs plan_;
  const int jpeg_quality_;
  SuitedRestorers restorers_;
  Progress progress_;
  size_t skipped_ = 0;
  int unwritten_ = 0;                      // results in a row
  std::set<std::string> models_;           // that have restored pictures
  std::vector<Quality> noisy_, restored_;  // of the pictures that have scores
  Json files_ = Json::array();
  Json errors_ = Json::array();
};

int Run::status() {
  if (restorers_.are_by_picture()) {
    progress_.say("limpid: with " + std::string(camera_model) +
                  ", for photographs as cameras leave them, or with " + first_model +
                  " where the noise is white as gaussian noise is (--model chooses)");
  }
  if (!options_.paths.noisy.empty() && (!noise_.clip || noise_.no_clip_share > 0)) {
    progress_.say(
        "limpid: the noisy pictures are saved clipped to 0..1, but restored and scored as they "
        "are");
  }
  for (const SkippedFile& file : plan_.failed) fail(file.file, file.reason);
  for (const std::string& sentence : plan_.passed_over) progress_.leave_out(sentence);
  if (options_.noise.strength_given() && !plan_.jobs.empty()) progress_.say(noise_text(noise_));
  for (size_t i = 0; i < plan_.jobs.size() && !stops(); ++i) {
    try {
      restore(i);
    } catch (const std::exception& error) {
      fail(plan_.jobs[i].input, sentence_about(plan_.jobs[i].input, error));
    }
  }
  report_all();
  if (stops()) {
    progress_.say("limpid: stopped" +
                  std::string(interrupted() ? "" : ", as no more results can be written") + ": " +
                  std::to_string(skipped_ + files_.size()) + " of " +
                  std::to_string(plan_.jobs.size()) +
                  " pictures are written; --skip-existing goes on with the others");
    return interrupted() ? interrupted_status() : 1;
  }
  if (skipped_ > 0) {
    progress_.say("limpid: " + std::to_string(skipped_) + " of " +
                  std::to_string(plan_.jobs.size()) + " pictures were there already");
  }
  return errors_.empty() ? 0 : 1;
}

void Run::restore(size_t i) {
  const PictureJob& job = plan_.jobs[i];
  // Files appear whole or not at all: one that is there is done.
  std::error_code none;  // what cannot be looked at is tried, and its error told
  const auto is_there = [&](const std::filesystem::path& file) {
    return file.empty() || std::filesystem::exists(file, none);
  };
  if (options_.skip_existing && is_there(job.output) && is_there(job.noisy)) {
    ++skipped_;
    return;
  }
  const StoredPicture picture = read_stored(job.input);
  make_folder_of(job.output);  // where none can be is told before the work
  if (!job.noisy.empty()) make_folder_of(job.noisy);
  const std::optional<Outcome> outcome = outcome_of(i, picture);
  if (!outcome) return;
  progress_.clear();
  if (!picture.alpha.empty() && format_of(job.output) == PictureFormat::jpeg) {
    progress_.say("limpid: " + no_transparency(job.output));
  }
  ++unwritten_;  // unless both are
  if (!job.noisy.empty() && !write(job.noisy, outcome->noisy, picture)) return;
  if (!write(job.output, outcome->restored, picture)) return;
  unwritten_ = 0;
  report(job, *outcome);
}

bool Run::stops() const { return interrupted() || unwritten_ == most_unwritten; }

// False: interrupted.
bool Run::write(const std::filesystem::path& file, const Raster& color,
                const StoredPicture& picture) {
  return write_picture(file, color, picture, unless_interrupted, jpeg_quality_);
}

// The clean picture that --reference names, if it does, in the channels of the other.
std::optional<Raster> reference_of(const PictureJob& job, const Raster& picture) {
  if (job.reference.empty()) return std::nullopt;
  StoredPicture reference = read_stored(job.reference);
  if (reference.color.height != picture.height || reference.color.width != picture.width) {
    throw Error(job.reference.string() + ": the clean picture has not the size of " +
                job.input.string());
  }
  return std::move(reference.color);
}

// None: interrupted. As floats only some of the rows exist at a time.
std::optional<Outcome> Run::outcome_of(size_t i, const StoredPicture& stored) {
  const PictureJob& job = plan_.jobs[i];
  const Raster& picture = stored.color;
  const std::optional<Raster> reference = reference_of(job, picture);
  const Raster* clean = reference ? &*reference : nullptr;
  std::optional<NoiseSettings> added;
  std::optional<PlacedNoise> noise;
  if (options_.noise.strength_given()) {
    const NoisePlace place = {.epoch = 0, .picture = uint32_t(i)};
    added = drawn(noise_, place);
    noise = placed(noise_, place);
    clean = &picture;
  }
  NoisyPicture noisy(picture, noise);
  const Shape shape = {picture.height, picture.width, picture.channels};
  Restorer& restorer = restorers_.suited_to(picture);
  const std::unique_ptr<Restoration> restoration = restorer.begin(
      shape, [&](int top, int count) { return noisy.rows(top, count); }, added);
  Outcome outcome;
  outcome.model = restorer.name();
  if (added) outcome.strength = added->strength;
  outcome.restored = Raster(shape.height, shape.width, shape.channels, white_of(stored.bit_depth));
  if (!job.noisy.empty()) outcome.noisy = outcome.restored;
  if (clean) {
    outcome.noisy_score.emplace(shape.height, shape.width, shape.channels);
    outcome.restored_score = outcome.noisy_score;
  }
  for (int top = 0; restoration->done() < restoration->total();) {
    if (interrupted()) return std::nullopt;
    show(i, double(restoration->done()) / restoration->total());
    const auto start = std::chrono::steady_clock::now();
    restoration->step();
    Image rows = restoration->take_rows();
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start;
    outcome.ms += spent.count();
    if (rows.empty()) continue;
    const Image before = noisy.last_rows({top, top + rows.height});
    put_rows(rows, top, outcome.restored);
    if (options_.amount < 1) {  // from the steps of its depth, as the front end, which keeps these
      rows = blended(before, rows_of(outcome.restored, top, rows.height), options_.amount);
      put_rows(rows, top, outcome.restored);
    }
    if (!outcome.noisy.empty()) put_rows(before, top, outcome.noisy);
    if (clean) {
      const Image wanted = with_channels(rows_of(*clean, top, rows.height), shape.channels);
      outcome.noisy_score->add(wanted, before);
      outcome.restored_score->add(wanted, rows);
    }
    top += rows.height;
  }
  return outcome;
}

std::string short_text(float strength) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", double(strength));
  return text;
}

void print_scores(const std::string& name, const Quality& noisy, const Quality& restored) {
  std::printf("%s\n  noisy     %s\n  restored  %s\n", name.c_str(), score_text(noisy).c_str(),
              score_text(restored).c_str());
}

void Run::show(size_t i, double share) {
  const size_t pictures = plan_.jobs.size();
  const double of_all = (double(i) + share) / double(pictures);
  progress_.show(of_all, "picture " + std::to_string(i + 1) + "/" + std::to_string(pictures) +
                             "  " + plan_.jobs[i].input.filename().string() +
                             progress_.time_left(of_all));
}

void Run::report(const PictureJob& job, const Outcome& outcome) {
  const Raster& picture = outcome.restored;
  Json entry = {{"input", path_to_json(job.input)}, {"output", path_to_json(job.output)},
                {"width", picture.width},           {"height", picture.height},
                {"channels", picture.channels},     {"ms", outcome.ms}};
  if (restorers_.are_by_picture()) entry["model"] = outcome.model;
  models_.insert(outcome.model);
  if (outcome.strength) entry["strength"] = *outcome.strength;
  if (outcome.noisy_score) {
    noisy_.push_back(outcome.noisy_score->quality());
    restored_.push_back(outcome.restored_score->quality());
    entry["noisy"] = score_json(noisy_.back());
    entry["restored"] = score_json(restored_.back());
  }
  files_.push_back(entry);
  if (options_.json) return;
  std::string line = job.output.string() + ": " + size_text(picture.width, picture.height) +
                     " in " + std::to_string(std::lround(outcome.ms)) + " ms";
  if (restorers_.are_by_picture()) line += ", with " + outcome.model;
  if (noise_.weakest) line += ", noise of " + short_text(*outcome.strength);
  progress_.say(line);
  if (outcome.noisy_score) print_scores(job.output.string(), noisy_.back(), restored_.back());
}

// Of all pictures together.
void Run::report_all() {
  if (options_.json) {
    Json all = {{"model", listed(models_)}};
    if (options_.noise.strength_given()) all["noise"] = noise_text(noise_);
    if (!noisy_.empty()) {
      all["noisy"] = score_json(mean(noisy_));
      all["restored"] = score_json(mean(restored_));
    }
    all.update(Json{{"files", files_}, {"skipped", skipped_}, {"errors", errors_}});
    std::printf("%s\n", line_of(all).c_str());
  } else if (noisy_.size() > 1) {
    const std::string name = "mean of " + std::to_string(noisy_.size()) + " pictures";
    print_scores(name, mean(noisy_), mean(restored_));
  }
}

void Run::fail(const std::filesystem::path& input, const std::string& message) {
  errors_.push_back({{"input", path_to_json(input)}, {"message", message}});
  progress_.say("limpid: " + message);
}

}  // namespace

void add_denoise_command(CLI::App& app, const EngineList& engines, Job& job) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("denoise", description);
  command.footer(examples);
  command.add_option("IN", options->paths.inputs, "Pictures and folders of pictures")
      ->required()
      ->check(not_empty());
  command.add_option("-o,--output", options->paths.output, "Where the restored pictures go")
      ->required()
      ->type_name("OUT");
  options->quality.add_to(command);
  command.add_flag("--skip-existing", options->skip_existing,
                   "Leave out pictures whose result is there: goes on where it was stopped");
  options->restorer.add_to(command, SuitedRestorers::help());
  command
      .add_option(
          "--amount", options->amount,
          "How much of what is found to be noise is taken out; less than 1 leaves grain (1)")
      ->check(real_in(0, 1))
      ->type_name("0..1");
  CLI::Option* const reference =
      command
          .add_option("--reference", options->paths.reference,
                      "The clean picture, or a folder with the same names, to compare with")
          ->type_name("CLEAN")
          ->check(not_empty());
  options->noise.add_to(command, {});
  CLI::Option* const noise = command.get_option("--noise");
  reference->excludes(noise);
  command.add_option("--save-noisy", options->paths.noisy, "Keep the pictures with noise added")
      ->type_name("OUT")
      ->group("Noise")
      ->check(not_empty())
      ->needs(noise);
  options->compute.add_to(command, engines);
  command.add_flag("--json", options->json, json_help);
  command.callback([options, &engines, &job] {
    job = [options, &engines] { return Run(*options, engines).status(); };
  });
}

}  // namespace limpid
