// Convolutions by products of warpgroups whose kernel stays in a block's memory: bf16 on Hopper.
#pragma once

#include "native/cuda/convolution.h"

namespace limpid::cuda {

// Runs it, if the kernel of 64 to 128 of its channels fits beside some patches of pixels and there
// are tiles enough for each block to make several; else returns false. `run` is one that
// suits_warpgroups().
bool run_resident_convolution(DeviceStream& stream, const ConvolutionRun<Precision::bf16>& run);

}  // namespace limpid::cuda
