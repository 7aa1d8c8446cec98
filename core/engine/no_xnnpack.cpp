// Where the build has no XNNPACK, as in WebAssembly today: our own loops take its part.
#include "core/engine/simple_convolution.h"
#include "core/engine/xnnpack_convolution.h"

namespace limpid {

std::unique_ptr<Convolution> make_xnnpack_convolution(const ConvolutionShape& shape) {
  return make_simple_convolution(shape);
}

}  // namespace limpid
