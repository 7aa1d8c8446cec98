// A block's threads take a few places of the sum in a few pictures each, with all parts; then a
// thread has one place, to which it adds picture after picture. Where taps are folded, a place's
// neighbours in the sum are the other taps, and a block has all of them.
#include "native/cuda/gradient_sum.h"

#include <algorithm>

#include "native/cuda/eight.h"
#include "native/cuda/filter_gradient.h"

namespace limpid::cuda {
namespace {

constexpr int threads = 256;
constexpr int most_pictures = 32;  // that a block has in shared memory
constexpr int channel_quads = 2;   // of a block that sums channels
constexpr int channel_lanes = threads / channel_quads / most_pictures;  // that share out the parts

__device__ void add(Quad& sum, const Quad& other) {
  for (int i = 0; i < 4; ++i) sum.at[i] += other.at[i];
}

// Of the sums of kernels. A row has the columns of one coarse channel, (tap, fine channel).
struct Tiling {
  int k = 3;      // as State has it
  int parts = 1;  // of a picture
  int columns = 0;
  int taps = 1;         // that a block has apart: all where they are folded, else a row is one
  int tap_columns = 0;  // from one of these to the next
  int quads = 1;        // of each, a block's
  unsigned across = 1;  // blocks of a row
  unsigned blocks = 0;
};

Tiling tiling_of(const FilterSum& sum) {
  const Connection& c = sum.connection;
  const FilterParts parts = filter_parts(c);
  Tiling tiling{.k = sum.upsampled ? c.kernel - 1 : c.kernel,
                .parts = parts.of_picture,
                .columns = parts.columns};
  if (sum.upsampled) {
    tiling.taps = c.kernel * c.kernel;
    tiling.tap_columns = stored_channels(c.fine.channels);
    tiling.quads = 2;  // a sector of 32 bytes
  } else {
    tiling.tap_columns = parts.columns;
    tiling.quads = 8;  // for each picture of 32 a thread, if it has loads enough
    while (tiling.quads < 32 && tiling.quads * parts.of_picture < 32) tiling.quads *= 2;
  }
  const int width = tiling.quads * 4;
  tiling.across = unsigned((tiling.tap_columns + width - 1) / width);
  tiling.blocks = tiling.across * unsigned(c.coarse.channels);
  return tiling;
}

struct FilterJob {
  FilterSum sum;
  Tiling tiling;
};

// `at_once`: loads that a thread has under way.
template <int at_once>
class FilterBlock {
 public:
  __device__ FilterBlock(const FilterJob& job, int n, unsigned block)
      : job_(job),
        n_(n),
        row_(int(block / job.tiling.across)),
        first_(int(block % job.tiling.across) * job.tiling.quads * 4),
        sums_(reinterpret_cast<Quad*>(block_memory())) {}

  __device__ void go() const {
    const Tiling& tiling = job_.tiling;
    const int stored = stored_channels(fine());
    const int width = tiling.quads * 4, i = int(threadIdx.x);
    const bool folds = job_.sum.upsampled;
    const int column = first_ + i % width;
    const int tap = folds ? i / width : column / stored, channel = column % stored;
    const bool adds =
        channel < fine() && tap < tiling.k * tiling.k && (folds ? column < stored : i < width);
    float* const gradient = job_.sum.gradient + (adds ? place(tap, channel) : 0);
    float total = adds ? *gradient : 0;
    for (int first = 0; first < n_; first += most_pictures) {
      const int count = n_ - first < most_pictures ? n_ - first : most_pictures;
      if (first > 0) __syncthreads();  // what the last ones left is read
      add_parts(first, count);
      __syncthreads();
      if (!adds) continue;
      for (int picture = 0; picture < count; ++picture) {
        total += folds ? folded(picture, tap, i % width) : sum(picture, 0, i);
      }
    }
    if (adds) *gradient = total;
  }

 private:
  __device__ int fine() const { return job_.sum.connection.fine.channels; }
  __device__ size_t place(int tap, int channel) const {
    const int coarse = job_.sum.connection.coarse.channels, k = job_.tiling.k;
    const int out = job_.sum.transposed ? channel : row_, in = job_.sum.transposed ? row_ : channel;
    return (size_t(out) * k * k + tap) * (job_.sum.transposed ? coarse : fine()) + in;
  }

  // The sums of `count` pictures' parts into shared memory, (picture, tap, quad).
  __device__ void add_parts(int first, int count) const {
    const Tiling& tiling = job_.tiling;
    const int entries = tiling.taps * tiling.quads, lanes = threads / entries;
    const int entry = int(threadIdx.x) % entries;
    const int column = first_ + entry % tiling.quads * 4;
    const bool inside = column < tiling.tap_columns && column % stored_channels(fine()) < fine();
    if (!inside || int(threadIdx.x) >= lanes * entries) return;
    const size_t part_floats = size_t(job_.sum.connection.coarse.channels) * tiling.columns;
    int picture = int(threadIdx.x) / entries;
    const float* from = job_.sum.partial + size_t(first + picture) * tiling.parts * part_floats +
                        size_t(row_) * tiling.columns + entry / tiling.quads * tiling.tap_columns +
                        column;
    const size_t to_next_picture = size_t(lanes - 1) * tiling.parts * part_floats;
    const int loads = (count - picture + lanes - 1) / lanes * tiling.parts;
    int loaded_part = 0, added_part = 0;
    Quad total = {};
    for (int begun = 0; begun < loads; begun += at_once) {
      Quad loaded[at_once] = {};
      UNROLL for (int u = 0; u < at_once; ++u) {
        if (begun + u >= loads) continue;
        loaded[u] = *reinterpret_cast<const Quad*>(from);
        from += part_floats;
        if (++loaded_part < tiling.parts) continue;
        loaded_part = 0;
        from += to_next_picture;
      }
      UNROLL for (int u = 0; u < at_once; ++u) {
        if (begun + u >= loads) continue;
        add(total, loaded[u]);
        if (++added_part < tiling.parts) continue;
        added_part = 0;
        store_shared(&sums_[picture * entries + entry], total);
        picture += lanes;
        total = {};
      }
    }
  }

  // Of one picture; `at` among the floats of a tap that the block has.
  __device__ float sum(int picture, int tap, int at) const {
    const Tiling& tiling = job_.tiling;
    return load_shared(&sums_[(picture * tiling.taps + tap) * tiling.quads + at / 4].at[at % 4]);
  }
  __device__ float folded(int picture, int tap, int at) const {
    const int k = job_.tiling.k, side = k + 1;
    const int y = k - 1 - tap / k, x = k - 1 - tap % k;  // and the ones after: see plan.cpp
    const int first = y * side + x;
    return (sum(picture, first, at) + sum(picture, first + 1, at)) +
           (sum(picture, first + side, at) + sum(picture, first + side + 1, at));
  }

  const FilterJob& job_;
  const int n_, row_;
  const int first_;  // column of each tap
  Quad* const sums_;
};

struct ChannelJob {
  ChannelSum sum;
  unsigned blocks = 0;
};

// The parts of a picture's eight channels are shared out to four lanes of a warp.
template <int at_once>
__device__ void add_channels(const ChannelJob& job, int n, int block) {
  Quad* const sums = reinterpret_cast<Quad*>(block_memory());  // (picture, quad)
  const int lane = int(threadIdx.x) % channel_lanes;
  const int quad = int(threadIdx.x) / channel_lanes % channel_quads;
  const int picture = int(threadIdx.x) / channel_lanes / channel_quads;
  const int stored = stored_channels(job.sum.shape.channels), first_channel = block * 8;
  const int channel = first_channel + int(threadIdx.x);  // of the total
  const bool adds = threadIdx.x < 8 && channel < job.sum.shape.channels;
  float total = adds ? job.sum.gradient[channel] : 0;
  for (int first = 0; first < n; first += most_pictures) {
    const int count = n - first < most_pictures ? n - first : most_pictures;
    const float* const from = job.sum.partial + size_t(first + picture) * job.sum.parts * stored +
                              first_channel + quad * 4;
    Quad sum = {};
    for (int part = lane; part < job.sum.parts; part += at_once * channel_lanes) {
      Quad loaded[at_once] = {};
      UNROLL for (int u = 0; u < at_once; ++u) {
        const int at = part + u * channel_lanes;
        if (picture >= count || at >= job.sum.parts) continue;
        loaded[u] = *reinterpret_cast<const Quad*>(from + size_t(at) * stored);
      }
      UNROLL for (int u = 0; u < at_once; ++u) add(sum, loaded[u]);
    }
    for (int i = 0; i < 4; ++i) {
      sum.at[i] += exchange(sum.at[i], 1);
      sum.at[i] += exchange(sum.at[i], 2);
    }
    if (first > 0) __syncthreads();  // what the last pictures left is read
    if (lane == 0) store_shared(&sums[picture * channel_quads + quad], sum);
    __syncthreads();
    if (!adds) continue;
    for (int p = 0; p < count; ++p) {
      total += load_shared(&sums[p * channel_quads + int(threadIdx.x) / 4].at[threadIdx.x % 4]);
    }
  }
  if (adds) job.sum.gradient[channel] = total;
}

template <int at_once>
__global__ void __launch_bounds__(threads, at_once > 4 ? 4 : 5)
    add_parts(const __grid_constant__ FilterJob filter, const __grid_constant__ ChannelJob channels,
              int n) {
  if (blockIdx.x < channels.blocks) {
    return add_channels<at_once>(channels, n, int(blockIdx.x));
  }
  FilterBlock<at_once>(filter, n, blockIdx.x - channels.blocks).go();
}

}  // namespace

void add_gradients(DeviceStream& stream, int n, const FilterSum& filter,
                   const ChannelSum& channels) {
  FilterJob filter_job{.sum = filter, .tiling = {}};
  if (filter.partial) filter_job.tiling = tiling_of(filter);
  ChannelJob channel_job{.sum = channels, .blocks = 0};
  if (channels.partial) {
    channel_job.blocks = unsigned(stored_channels(channels.shape.channels)) / 8;
  }
  const int entries = filter_job.tiling.taps * filter_job.tiling.quads;
  const int lanes = threads / entries;
  const int loads = (most_pictures + lanes - 1) / lanes * filter_job.tiling.parts;  // of a thread
  launch(stream, "sum of gradients",
         {.grid = {channel_job.blocks + filter_job.tiling.blocks},
          .block = {unsigned(threads)},
          .shared_bytes =
              size_t(most_pictures) * size_t(std::max(entries, channel_quads)) * sizeof(Quad)},
         loads > 4 ? add_parts<8> : add_parts<4>, filter_job, channel_job, n);
}

}  // namespace limpid::cuda
