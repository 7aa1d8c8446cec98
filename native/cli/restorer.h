// What takes the noise away: a network or a classical method, as the options say.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/classical/classical.h"
#include "core/denoise.h"
#include "core/image/raster.h"
#include "core/image/restoration.h"
#include "core/model/model_file.h"
#include "core/noise/noise.h"
#include "native/cli/compute_options.h"
#include "native/cli/engines.h"
#include "native/report/example.h"

namespace limpid {

struct RestorerOptions {
  std::string model;
  std::string method;           // a classical one instead of a model
  std::optional<double> level;  // of the noise, for that; see Restorer::begin
  int views = 1;                // a network's, see DenoiseSettings

  // --model, --method, --level and --views. `otherwise`: what is taken where no model is given;
  // empty: the default one.
  void add_to(CLI::App& command, const std::string& otherwise = {});
};

class Restorer {
 public:
  // Throws Error as trained_model, make_engine, Denoiser and parse_classical_method do.
  Restorer(const RestorerOptions& options, const ComputeOptions& compute,
           const EngineList& engines);

  // "fast"; "nlm".
  const std::string& name() const { return name_; }
  // The network's; none for a classical method.
  const std::optional<ModelFile>& model() const { return model_; }

  // Restores a picture in parts. A classical method assumes noise of --level, else that which was
  // `added`, else what it finds; a network needs none. This must outlive it.
  std::unique_ptr<Restoration> begin(Shape picture, NoisyRows noisy,
                                     const std::optional<NoiseSettings>& added);
  // The whole of one; empty when cancelled.
  Image restore(const Image& noisy, const std::optional<NoiseSettings>& added,
                const PartsProgress& progress);

 private:
  std::string name_;
  std::optional<double> level_;
  std::optional<ClassicalMethod> method_;
  std::optional<ModelFile> model_;
  std::unique_ptr<Engine> engine_;
  std::optional<Denoiser> denoiser_;
};

// What restores each picture: what the options ask for; where they leave it open and the pictures
// are noisy already, the network for cameras' noise, or where the noise is white (estimate.h) the
// one for gaussian noise.
class SuitedRestorers {
 public:
  // Throws Error as Restorer does.
  SuitedRestorers(const RestorerOptions& options, const ComputeOptions& compute,
                  const EngineList& engines, bool already_noisy);

  bool are_by_picture() const { return by_picture_; }
  // Throws Error as Restorer does. It stays as long as this.
  Restorer& suited_to(const Raster& picture);

  // What they are without a --model, for the help.
  static std::string help();

 private:
  Restorer& named(const std::string& model);

  const RestorerOptions options_;
  const ComputeOptions compute_;
  const EngineList& engines_;
  const bool by_picture_;
  std::map<std::string, Restorer> restorers_;  // those that were needed
};

// What restores whole pictures of examples with it; it must outlive that.
RestorePicture restoring(Restorer& restorer, const PartsProgress& progress);

}  // namespace limpid
