// XNNPACK's convolution operator behind our interface.
#pragma once

#include <memory>

#include "core/engine/convolution.h"

namespace limpid {

// `shape` not transposed, not pooled. Throws Error when XNNPACK cannot be started.
std::unique_ptr<Convolution> make_xnnpack_convolution(const ConvolutionShape& shape);

}  // namespace limpid
