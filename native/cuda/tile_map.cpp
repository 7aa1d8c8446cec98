#include <cuda.h>
#include <cuda_runtime.h>

#include <cstring>
#include <string>

#include "core/error.h"
#include "native/cuda/check.h"
#include "native/cuda/tile_copy.h"

namespace limpid::cuda {
namespace {

using Encode = decltype(&cuTensorMapEncodeTiled);

// The driver is asked for by the runtime, so that a program without one still starts.
Encode driver_function() {
  static const Encode function = [] {
    void* found = nullptr;
    cudaDriverEntryPointQueryResult result = cudaDriverEntryPointSymbolNotFound;
    check(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &found, 12000,
                                           cudaEnableDefault, &result),
          "asking the driver for copies of tiles");
    if (result != cudaDriverEntryPointSuccess) {
      throw Error("the NVIDIA driver is older than this program (no cuTensorMapEncodeTiled)");
    }
    return reinterpret_cast<Encode>(found);
  }();
  return function;
}

}  // namespace

TileMap map_tiles(const TileSource& source) {
  constexpr cuuint32_t row_values = 64;
  const auto& [width, height, depth, count] = source.sizes;
  const cuuint64_t sizes[] = {width, height, depth, count};
  cuuint64_t pitches[3];  // in bytes, of all dimensions but the innermost
  cuuint64_t pitch = 2;
  for (int i = 0; i < 3; ++i) pitches[i] = pitch *= sizes[i];
  cuuint32_t tile[] = {row_values, 0, 0, 0}, steps[] = {1, 1, 1, 1};
  for (int i = 0; i < 3; ++i) {
    steps[i + 1] = source.steps[i];
    tile[i + 1] = (source.tile[i] - 1) * source.steps[i] + 1;
  }
  CUtensorMap map;
  const CUresult result = driver_function()(
      &map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 4, const_cast<void*>(source.memory), sizes, pitches,
      tile, steps, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
      CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (result != CUDA_SUCCESS) {
    throw Error("the NVIDIA driver refuses tiles of an array of " + std::to_string(width) + " x " +
                std::to_string(height) + " x " + std::to_string(depth) + " x " +
                std::to_string(count) + " (cuTensorMapEncodeTiled: " + std::to_string(result) +
                ")");
  }
  TileMap opaque;
  static_assert(sizeof opaque == sizeof map);
  std::memcpy(&opaque, &map, sizeof map);
  return opaque;
}

}  // namespace limpid::cuda
