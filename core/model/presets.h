// The networks Limpid knows by name.
#pragma once

#include <string>
#include <vector>

#include "core/model/model.h"

namespace limpid {

// The article's: Conv 256-128-64 | 128-256-3, two poolings, 751,939 parameters.
Model article(int channels = 3);

// Small enough to learn something visible in a minute on one core at 64 x 64.
Model classroom(int channels = 3);

// For photographs, with any strength of noise: residual U-nets, the quickest first. They guess the
// noise and take it away (Zhang et al. 2017, "Beyond a Gaussian denoiser"), on a half, a quarter
// and an eighth of the picture's size with skips between (Ronneberger et al. 2015), in residual
// blocks (He et al. 2016) without normalization.
Model fast(int channels = 3);   // 3.0 GFLOP and 276,547 parameters at 256 x 256 x 3
Model photo(int channels = 3);  // 10.4 GFLOP and 1,314,739 parameters
Model deep(int channels = 3);   // 26.0 GFLOP and 1,370,915 parameters

std::vector<std::string> preset_names();
bool is_preset(const std::string& name);

// Throws Error listing the names when there is no such preset.
Model preset(const std::string& name, int channels = 3);

}  // namespace limpid
