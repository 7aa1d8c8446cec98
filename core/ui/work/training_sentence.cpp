#include "core/ui/work/training_sentence.h"

#include <cstdio>

#include "core/error.h"
#include "core/train/settings.h"
#include "core/train/training_facts.h"

namespace limpid {
namespace {

std::string noise_words(const TrainingSettings& settings) {
  if (settings.noisy_pictures) return "pairs of clean and noisy pictures";
  const NoiseSettings& noise = settings.noise;
  char strength[32];
  if (noise.weakest) {
    std::snprintf(strength, sizeof strength, "%.2g to %.2g", double(*noise.weakest),
                  double(noise.strength));
  } else {
    std::snprintf(strength, sizeof strength, "%.2g", double(noise.strength));
  }
  return to_string(noise.kind) + (noise.camera_share > 0 ? " and camera" : "") +
         " noise of strength " + strength;
}

}  // namespace

std::string training_sentence(const ModelFile& file) {
  const auto training = file.metadata.find(training_key);
  if (training == file.metadata.end()) return "";
  try {
    const TrainingSettings settings =
        settings_from_json(training->second, file.model.name, UnknownSettings::ignored);
    return "trained on " + noise_words(settings) + ", " + std::to_string(settings.epochs) +
           (settings.epochs == 1 ? " epoch" : " epochs");
  } catch (const Error&) {
    return "";
  }
}

}  // namespace limpid
