// The CUDA engine: own kernels for NVIDIA GPUs of sm_80 (Ampere) and later. Everything behind this
// header is in namespace limpid::cuda.
//
// From the outside in: a GpuNetwork has a DeviceState (weights and moments, five flat lists) and
// two Programs (denoise, train), each a plan's GpuSteps with places in one block of memory; a step
// launches kernels through plain functions (convolution.h, filter_gradient.h, ...); kernels are
// written in simt.h's words, which an emulated GPU speaks too. All pictures of a call run through
// together; a call's kernels are replayed as one CUDA graph. Pictures to learn from that fit lie on
// the GPU as bytes: a step of training, from the making of its samples (sample.h) to the update of
// the weights, is then one upload and one graph, and its loss is read back only when it is asked
// for. Values are NHWC (value.h); convolutions of all kinds are one gathering product of matrices
// on tensor cores (gather.h, tile.h).
#pragma once

#include <memory>
#include <string>

#include "core/engine/engine.h"
#include "native/cuda/value.h"

namespace limpid {

using CudaPrecision = cuda::Precision;

// The GPUs that this engine can use, counted from 0 in the driver's order, and why there are none,
// in one sentence; "" if there are.
int cuda_devices();
std::string cuda_absence();

// Its name() is "cuda", "cuda-tf32" or "cuda-fp32", for devices after the first with their number:
// "cuda:1". Throws Error when there is no such device, in a sentence. Between precisions results
// differ by rounding: fp32 is within some hundred roundings of the reference, tf32 rounds factors
// to 11 bits, bf16 values, weights and gradients to 8. One precision gives the same bits in every
// run on one GPU, for any cut of a batch into calls (but with batch normalization, which sees one
// call's pictures).
std::unique_ptr<Engine> make_cuda_engine(CudaPrecision precision = CudaPrecision::bf16,
                                         int device = 0);

}  // namespace limpid
