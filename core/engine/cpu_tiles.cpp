#include "core/engine/cpu_tiles.h"

#include <algorithm>
#include <vector>

#include "core/engine/cpu_step.h"
#include "core/engine/winograd_squares.h"
#include "core/model/plan.h"

namespace limpid {

TileRule cpu_tile_rule(const Model& model) {
  const int multiple = size_multiple(model);
  const Plan plan = lower(model, {multiple, multiple, model.channels}, Purpose::denoise);
  std::vector<int> further(model.layers.size());
  bool squares = false;
  for (const Step& step : plan.steps) {
    if (step.kind != LayerKind::conv && step.kind != LayerKind::transposed_conv) continue;
    const StepPlace place{.model = &model, .picture = plan.input};
    if (!winograd_suits(convolution_shape(step, place))) continue;
    // In pixels of the layer's input, which of an upsampled one are half as wide as the step's.
    further[step.layer] = step.upsampled ? 2 * winograd_further : winograd_further;
    squares = true;
  }
  return {squares ? std::max(multiple, deepest_squares * winograd_outputs) : multiple,
          receptive_radius(model, further)};
}

}  // namespace limpid
