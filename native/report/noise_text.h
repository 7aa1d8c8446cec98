// Noise in words.
#pragma once

#include <string>

#include "core/noise/noise.h"

namespace limpid {

// "gaussian noise of 0.4 (102/255), one fixed field, clipped to 0..1, seed 1".
std::string noise_text(const NoiseSettings& settings);

}  // namespace limpid
