// Gradients by kernels and biases, summed in an order that depends on the shapes alone: one product
// of matrices for each part of each picture, then the parts are added, picture after picture
// (gradient_sum.h). So a batch in one call and the same batch in several give the same bits.
#pragma once

#include "native/cuda/device.h"
#include "native/cuda/gather.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

template <Precision precision>
struct FilterGradientRun {
  Connection connection;
  int n = 1;
  const Value<precision>* coarse = nullptr;  // (n, height, width, stored)
  const Value<precision>* fine = nullptr;
  float* partial = nullptr;  // filter_partial_floats(connection, n)
};

// How the products are cut: into tiles of coarse channels x columns, and pictures into parts.
constexpr int filter_tile_width = 128;        // columns: taps x stored fine channels
int filter_tile_height(int coarse_channels);  // 64 or 128
struct FilterParts {
  int tiles_down = 1, tiles_across = 1;
  int of_picture = 1;  // that its pixels are cut into
  int columns = 0;
};
FilterParts filter_parts(const Connection& connection);

// Of (picture, part, coarse channel, column).
size_t filter_partial_floats(const Connection& connection, int n);

// Fills `partial`.
template <Precision precision>
void run_filter_gradient(DeviceStream& stream, const FilterGradientRun<precision>& run);

}  // namespace limpid::cuda
