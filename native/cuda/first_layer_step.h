// The step of a convolution that reads the picture: see first_layer.h.
#pragma once

#include <memory>

#include "native/cuda/step.h"

namespace limpid::cuda {

// Null where it is none.
std::unique_ptr<GpuStep<Precision::bf16>> make_first_layer_step(const Step& step,
                                                                const StepPlace& place);

}  // namespace limpid::cuda
