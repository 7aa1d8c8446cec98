// Convolutions as run_convolution does them, by products of warpgroups: bf16 on Hopper.
#pragma once

#include "native/cuda/convolution.h"

namespace limpid::cuda {

// Whether run_warpgroup_convolution can: nothing wide is written, the activation is none of those
// that take long (sigmoid), and there are 17 to 4,096 channels.
bool suits_warpgroups(const DeviceStream& stream, const ConvolutionRun<Precision::bf16>& run);

void run_warpgroup_convolution(DeviceStream& stream, const ConvolutionRun<Precision::bf16>& run);

}  // namespace limpid::cuda
