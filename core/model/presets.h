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

std::vector<std::string> preset_names();

// Throws Error listing the names when there is no such preset.
Model preset(const std::string& name, int channels = 3);

}  // namespace limpid
