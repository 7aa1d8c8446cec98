// The first layer forward as run_first_layer makes it, by products of warpgroups: on Hopper, of
// activations that can be taken after values are rounded.
#pragma once

#include "native/cuda/first_layer.h"

namespace limpid::cuda {

bool suits_first_layer_warpgroups(const DeviceStream& stream, const FirstLayer& layer);
void run_first_layer_warpgroups(DeviceStream& stream, const FirstLayerRun& run);

}  // namespace limpid::cuda
