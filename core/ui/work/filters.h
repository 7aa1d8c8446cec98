// What the first layer of a network looks for, to be seen: its kernels as small pictures.
#pragma once

#include <vector>

#include "core/image/pyramid.h"
#include "core/model/state.h"

namespace limpid {

// One below the other: (filters x kernel, kernel, channels of the picture). 0.5 is a weight of
// zero, and the largest of each filter, whatever its sign, lies at 0 or 1. Null for a model whose
// first layer has no kernel. `weights` are those of parameters(model).
SharedPyramid filter_pictures(const Model& model, const std::vector<Tensor>& weights);

}  // namespace limpid
