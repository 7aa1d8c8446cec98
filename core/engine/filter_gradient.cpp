#include "core/engine/filter_gradient.h"

#include "core/engine/direct_filter_gradient.h"
#include "core/engine/winograd_filter_gradient.h"

namespace limpid {

std::unique_ptr<FilterGradient> make_filter_gradient(const ConvolutionShape& shape) {
  if (winograd_suits(shape)) return std::make_unique<WinogradFilterGradient>(shape);
  return std::make_unique<DirectFilterGradient>(shape);
}

}  // namespace limpid
