#include "native/cli/restorer.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "core/classical/classical_run.h"
#include "core/model/networks.h"
#include "core/noise/estimate.h"
#include "native/cli/model_argument.h"
#include "native/cli/option_values.h"
#include "native/cli/usage_error.h"
#include "native/shipped_model.h"

namespace limpid {

void RestorerOptions::add_to(CLI::App& command, const std::string& otherwise) {
  CLI::Option* const with_model =
      command.add_option("--model", model, optional_model_help(otherwise))
          ->type_name("MODEL")
          ->check(not_empty());
  std::vector<std::string> names;
  for (const ClassicalMethod known : classical_methods()) names.push_back(to_string(known));
  CLI::Option* const with_method =
      command
          .add_option("--method", method,
                      "A classical method instead of a network: " + CLI::detail::join(names, ", "))
          ->type_name("NAME")
          ->check(CLI::IsMember(names))
          ->excludes(with_model);
  command
      .add_option("--level", level,
                  "Strength of the noise that the method assumes (that of gaussian --noise, else "
                  "estimated)")
      ->check(real_in(0, 1))
      ->type_name("0..1")
      ->needs(with_method);
  command
      .add_option("--views", views,
                  "Restore 1, 2 or 4 mirrored copies and take the mean: better, so many times the "
                  "work (1)")
      ->transform(whole_in(1, 4))
      ->check(CLI::IsMember({1, 2, 4}))
      ->type_name("N")
      ->excludes(with_method);
}

Restorer::Restorer(const RestorerOptions& options, const ComputeOptions& compute,
                   const EngineList& engines)
    : level_(options.level) {
  if (!options.method.empty()) {
    method_ = parse_classical_method(options.method);
    name_ = options.method;
    return;
  }
  model_ = trained_model(options.model);
  name_ = model_->model.name;
  engine_ = make_engine(engines, compute.engine);
  DenoiseSettings settings = compute.denoise_settings();
  settings.views = options.views;
  denoiser_.emplace(*engine_, model_->model, model_->weights, settings);
}

std::unique_ptr<Restoration> Restorer::begin(Shape picture, NoisyRows noisy,
                                             const std::optional<NoiseSettings>& added) {
  if (denoiser_) return std::make_unique<Denoiser::Run>(*denoiser_, picture, std::move(noisy));
  const std::optional<double> level = level_ ? level_ : known_level(added);
  return std::make_unique<ClassicalRun>(*method_, level, picture, std::move(noisy));
}

Image Restorer::restore(const Image& noisy, const std::optional<NoiseSettings>& added,
                        const PartsProgress& progress) {
  const Shape picture = {noisy.height, noisy.width, noisy.channels};
  return finish(*begin(picture, rows_of(noisy), added), progress);
}

SuitedRestorers::SuitedRestorers(const RestorerOptions& options, const ComputeOptions& compute,
                                 const EngineList& engines, bool already_noisy)
    : options_(options),
      compute_(compute),
      engines_(engines),
      by_picture_(already_noisy && options.model.empty() && options.method.empty() &&
                  shipped_model(camera_model) && shipped_model(first_model)) {
  if (!by_picture_) named(options.model);
}

Restorer& SuitedRestorers::suited_to(const Raster& picture) {
  if (!by_picture_) return named(options_.model);
  const PicturePart part = estimated_part(picture.height, picture.width);
  const Image middle = crop(picture, part.top, part.left, part.height, part.width);
  return named(is_white_noise(middle) ? first_model : camera_model);
}

std::string SuitedRestorers::help() {
  return std::string(first_model) + " with --noise if not given, else " + camera_model + ", and " +
         first_model + " where the noise is white as gaussian noise is";
}

Restorer& SuitedRestorers::named(const std::string& model) {
  RestorerOptions options = options_;
  options.model = model;
  return restorers_.try_emplace(model, options, compute_, engines_).first->second;
}

RestorePicture restoring(Restorer& restorer, const PartsProgress& progress) {
  return [&restorer, progress](const Image& noisy, const std::optional<NoiseSettings>& added) {
    return restorer.restore(noisy, added, progress);
  };
}

}  // namespace limpid
