// A convolution as one DirectConvolution: of few channels out, of which XNNPACK computes at least
// 16 at a time for fewer pixels than we do, and of all where the build has no XNNPACK.
#pragma once

#include <memory>

#include "core/engine/convolution.h"

namespace limpid {

// `shape` not transposed.
std::unique_ptr<Convolution> make_simple_convolution(const ConvolutionShape& shape);

}  // namespace limpid
