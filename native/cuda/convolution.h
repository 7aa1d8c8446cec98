// Convolutions as products of matrices that are never written down: destination pixels x (taps x
// source channels) times (taps x source channels) x destination channels.
#pragma once

#include <cstdint>

#include "core/model/model.h"
#include "native/cuda/device.h"
#include "native/cuda/gather.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

template <Precision precision>
struct ConvolutionRun {
  Gather gather;
  int n = 1;                                 // pictures
  const Value<precision>* source = nullptr;  // (n, source height, width, stored)
  const Value<precision>* kernel = nullptr;  // (destination channels, taps, stored source channels)
  const float* bias = nullptr;               // null: none
  Activation activation = Activation::linear;
  float slope = 0;
  bool pooled = false;                      // a 2 x 2 max pool follows; not with several phases
  uint8_t* winners = nullptr;               // of the pool: 0..3, row by row; null: not asked for
  Value<precision>* destination = nullptr;  // after the pool; exactly one of these two
  float* wide_destination = nullptr;        // the same in float
  bool add = false;                         // to what is there
};

template <Precision precision>
void run_convolution(DeviceStream& stream, const ConvolutionRun<precision>& run);

}  // namespace limpid::cuda
