// Gradients by the kernel as run_filter_gradient makes them, by products of warpgroups: bf16 on
// Hopper.
#pragma once

#include "native/cuda/filter_gradient.h"

namespace limpid::cuda {

void run_warpgroup_filter_gradient(DeviceStream& stream,
                                   const FilterGradientRun<Precision::bf16>& run);

}  // namespace limpid::cuda
