// The CUDA engine: own kernels for NVIDIA GPUs of sm_80 (Ampere) and later.
#pragma once

#include <memory>
#include <string>

#include "core/engine/engine.h"
#include "native/cuda/value.h"

namespace limpid {

using CudaPrecision = cuda::Precision;

// Why there is no GPU that this engine can use, in one sentence; "" if there is one.
std::string cuda_absence();

// Throws Error with that sentence when there is none. Between precisions results differ by
// rounding: fp32 is within some hundred roundings of the reference, tf32 rounds factors to 11 bits,
// bf16 values, weights and gradients to 8. One precision gives the same bits in every run on one
// GPU, for any cut of a batch into calls (but with batch normalization, which sees one call's
// pictures).
std::unique_ptr<Engine> make_cuda_engine(CudaPrecision precision = CudaPrecision::bf16);

}  // namespace limpid
