// The sum of all parts, which folded taps share out: bound by memory. A block has one coarse
// channel and a few quads of fine ones with all their taps. Its threads first take a picture each,
// then the taps, to which they add picture after picture.
#include "native/cuda/filter_sum.h"

#include <algorithm>

#include "native/cuda/eight.h"
#include "native/cuda/filter_gradient.h"

namespace limpid::cuda {
namespace {

constexpr int threads = 256;
constexpr int most_pictures = 32;  // that a block has in shared memory
constexpr int at_once = 8;         // loads that a thread has under way

__device__ void add(Quad& sum, const Quad& other) {
  for (int i = 0; i < 4; ++i) sum.at[i] += other.at[i];
}

struct Tiling {
  int k = 3;      // as State has it
  int parts = 1;  // of a picture
  size_t part_floats = 0;
  int columns = 0;
  int quads = 1;  // of fine channels, a block's
};

Tiling tiling_of(const FilterSum& sum) {
  const Connection& c = sum.connection;
  const FilterParts parts = filter_parts(c);
  const int taps = c.kernel * c.kernel;
  int quads = 2;  // a sector of 32 bytes
  while (taps * quads * 2 <= 64 && quads * 4 < stored_channels(c.fine.channels)) quads *= 2;
  return {.k = sum.upsampled ? c.kernel - 1 : c.kernel,
          .parts = parts.of_picture,
          .part_floats = size_t(c.coarse.channels) * parts.columns,
          .columns = parts.columns,
          .quads = quads};
}

// A place in one thread's pictures, which follow each other at equal distances.
struct PartOfPicture {
  int picture = 0, part = 0;
  // Whether another picture begins.
  __device__ bool advance(int parts, int pictures) {
    if (++part < parts) return false;
    part = 0;
    picture += pictures;
    return true;
  }
};

// The sums of `count` pictures' parts into shared memory, (picture, tap, quad).
__device__ void add_parts_of_pictures(const FilterSum& sum, const Tiling& tiling, int first,
                                      int count, Quad* sums) {
  const int entries = sum.connection.kernel * sum.connection.kernel * tiling.quads;
  const int entry = int(threadIdx.x) % entries, lanes = threads / entries;
  const int stored = stored_channels(sum.connection.fine.channels);
  const int channel = (int(blockIdx.x) * tiling.quads + entry % tiling.quads) * 4;
  if (channel >= sum.connection.fine.channels || int(threadIdx.x) >= lanes * entries) return;
  const float* const from = sum.partial + size_t(first) * tiling.parts * tiling.part_floats +
                            size_t(blockIdx.y) * tiling.columns + entry / tiling.quads * stored +
                            channel;
  PartOfPicture loaded_to{int(threadIdx.x) / entries}, added_to = loaded_to;
  Quad total = {};
  while (added_to.picture < count) {
    Quad loaded[at_once] = {};
    UNROLL for (int u = 0; u < at_once; ++u) {
      if (loaded_to.picture >= count) continue;
      const size_t at = size_t(loaded_to.picture) * tiling.parts + loaded_to.part;
      loaded[u] = *reinterpret_cast<const Quad*>(from + at * tiling.part_floats);
      loaded_to.advance(tiling.parts, lanes);
    }
    UNROLL for (int u = 0; u < at_once; ++u) {
      if (added_to.picture >= count) continue;
      add(total, loaded[u]);
      const int picture = added_to.picture;
      if (!added_to.advance(tiling.parts, lanes)) continue;
      store_shared(&sums[picture * entries + entry], total);
      total = {};
    }
  }
}

// What a picture adds to tap number `tap` of the kernel as State has it.
__device__ Quad tap_sum(const FilterSum& sum, const Tiling& tiling, int tap, int quad,
                        const Quad* sums) {
  const int side = sum.connection.kernel, k = tiling.k;
  const auto at = [&](int y, int x) {
    return load_shared(&sums[(y * side + x) * tiling.quads + quad]);
  };
  if (!sum.upsampled) return at(tap / k, tap % k);
  const int y = k - 1 - tap / k, x = k - 1 - tap % k;  // and the ones after: see plan.cpp
  Quad upper = at(y, x), lower = at(y + 1, x);
  add(upper, at(y, x + 1));
  add(lower, at(y + 1, x + 1));
  add(upper, lower);
  return upper;
}

__global__ void __launch_bounds__(threads)
    add_parts(const __grid_constant__ FilterSum sum, const __grid_constant__ Tiling tiling) {
  Quad* const sums = reinterpret_cast<Quad*>(block_memory());
  const int side = sum.connection.kernel, k = tiling.k;
  const int coarse = sum.connection.coarse.channels, fine = sum.connection.fine.channels;
  const int tap = int(threadIdx.x) / tiling.quads, quad = int(threadIdx.x) % tiling.quads;
  const int channel = (int(blockIdx.x) * tiling.quads + quad) * 4, row = int(blockIdx.y);
  const auto gradient = [&](int i) {
    const int out = sum.transposed ? channel + i : row, in = sum.transposed ? row : channel + i;
    return sum.gradient + (size_t(out) * k * k + tap) * (sum.transposed ? coarse : fine) + in;
  };
  Quad total = {};
  const bool adds = tap < k * k;
  for (int i = 0; i < 4; ++i) {
    if (adds && channel + i < fine) total.at[i] = *gradient(i);
  }
  for (int first = 0; first < sum.n; first += most_pictures) {
    const int count = sum.n - first < most_pictures ? sum.n - first : most_pictures;
    if (first > 0) __syncthreads();  // what the last ones left is read
    add_parts_of_pictures(sum, tiling, first, count, sums);
    __syncthreads();
    if (!adds || channel >= fine) continue;
    for (int p = 0; p < count; ++p) {
      add(total, tap_sum(sum, tiling, tap, quad, sums + p * side * side * tiling.quads));
    }
  }
  for (int i = 0; i < 4; ++i) {
    if (adds && channel + i < fine) *gradient(i) = total.at[i];
  }
}

}  // namespace

void add_filter_gradient(DeviceStream& stream, const FilterSum& sum) {
  const Connection& c = sum.connection;
  const Tiling tiling = tiling_of(sum);
  const int wide = tiling.quads * 4;
  const size_t entries = size_t(c.kernel) * c.kernel * tiling.quads;
  launch(stream, "sum of filter gradients",
         {.grid = {unsigned((stored_channels(c.fine.channels) + wide - 1) / wide),
                   unsigned(c.coarse.channels)},
          .block = {unsigned(threads)},
          .shared_bytes = std::min(sum.n, most_pictures) * entries * sizeof(Quad)},
         add_parts, sum, tiling);
}

}  // namespace limpid::cuda
