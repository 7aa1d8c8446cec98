#include "native/report/noise_text.h"

#include <cstdio>

namespace limpid {

std::string noise_text(const NoiseSettings& settings) {
  char strength[96];
  const double strongest = settings.strength;
  if (const auto weakest = settings.weakest) {
    std::snprintf(strength, sizeof strength, " noise of %g to %g (%.0f/255 to %.0f/255)",
                  double(*weakest), strongest, double(*weakest) * 255, strongest * 255);
  } else {
    std::snprintf(strength, sizeof strength, " noise of %g (%.0f/255)", strongest, strongest * 255);
  }
  char unclipped[48] = "";
  if (settings.clip && settings.no_clip_share > 0) {
    std::snprintf(unclipped, sizeof unclipped, " but for %g of the pictures",
                  double(settings.no_clip_share));
  }
  char monochrome[64] = "";
  if (settings.monochrome_share > 0) {
    std::snprintf(monochrome, sizeof monochrome,
                  ", the same in all channels for %g of the pictures",
                  double(settings.monochrome_share));
  }
  char camera[64] = "";
  if (settings.camera_share > 0) {
    std::snprintf(camera, sizeof camera, ", a camera's for %g of the pictures",
                  double(settings.camera_share));
  }
  return to_string(settings.kind) + strength + (settings.fixed_field ? ", one fixed field" : "") +
         monochrome + camera + (settings.clip ? ", clipped to 0..1" : ", not clipped") + unclipped +
         ", seed " + std::to_string(settings.seed);
}

std::string noise_text(const TrainingSettings& settings) {
  return settings.noisy_pictures ? noise_of_pictures_text : noise_text(settings.noise);
}

}  // namespace limpid
