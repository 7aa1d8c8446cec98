// Noise in words.
#pragma once

#include <string>

#include "core/noise/noise.h"
#include "core/train/settings.h"

namespace limpid {

// "gaussian noise of 0.4 (102/255), one fixed field, clipped to 0..1, seed 1".
std::string noise_text(const NoiseSettings& settings);

// That of the pictures to learn from; "noise as the noisy pictures have it" where it is not drawn.
std::string noise_text(const TrainingSettings& settings);
inline constexpr const char* noise_of_pictures_text = "noise as the noisy pictures have it";

}  // namespace limpid
