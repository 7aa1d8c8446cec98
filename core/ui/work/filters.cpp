#include "core/ui/work/filters.h"

#include <algorithm>
#include <cmath>

namespace limpid {

SharedPyramid filter_pictures(const Model& model, const std::vector<Tensor>& weights) {
  if (model.layers.front().kind != LayerKind::conv) return nullptr;
  const Tensor& kernel = weights.front();  // (out, kernel, kernel, in)
  const int filters = kernel.shape[0], side = kernel.shape[1], channels = kernel.shape[3];
  Image pictures(filters * side, side, channels);
  const size_t count = pictures.count() / size_t(filters);
  for (size_t first = 0; first < pictures.count(); first += count) {
    float largest = 0;
    for (size_t i = first; i < first + count; ++i) {
      largest = std::max(largest, std::abs(kernel.data[i]));
    }
    const float scale = largest > 0 ? 0.5f / largest : 0;
    for (size_t i = first; i < first + count; ++i) {
      pictures.pixels[i] = 0.5f + scale * kernel.data[i];
    }
  }
  return make_pyramid(to_raster(pictures, 255));
}

}  // namespace limpid
