// Kernels folded, scaled, turned and rounded to what convolutions read; pictures spread to stored
// channels and back.
#include "native/cuda/packing.h"

#include <cassert>

#include "core/model/model.h"
#include "native/cuda/eight.h"

namespace limpid::cuda {
namespace {

constexpr int packed_side(const KernelPacking& packing) {
  return packing.k + (packing.upsampled ? 1 : 0);
}

__device__ float scale_of(const Normalization& norm, int o) {
  return norm.gamma ? norm.gamma[o] / sqrtf(norm.variance[o] + batch_norm_epsilon) : 1.0f;
}

// The packed kernel's value: of a folded one the sum of up to two rows' and two columns' taps, in
// the order of fold_upsampled().
__device__ float tap_value(const KernelPacking& packing, int side, int o, int tap, int i) {
  const float scale = scale_of(packing.norm, o);
  const auto at = [&](int y, int x) {
    return packing.kernel[((size_t(o) * packing.k + y) * packing.k + x) * packing.in + i] * scale;
  };
  if (!packing.upsampled) return at(tap / side, tap % side);
  float sum = 0;
  const int first_y = packing.k - 1 - tap / side, first_x = packing.k - 1 - tap % side;
  for (int y = first_y; y <= first_y + 1; ++y) {
    for (int x = first_x; x <= first_x + 1; ++x) {
      if (y >= 0 && y < packing.k && x >= 0 && x < packing.k) sum += at(y, x);
    }
  }
  return sum;
}

constexpr int threads = 256;
constexpr int values_at_once = 4;  // of a thread
constexpr int values_of_block = threads * values_at_once;
constexpr int tile = 32, tile_rows = threads / tile;  // of a turned kernel
constexpr int tile_stride = tile + 1;                 // in another bank each

struct Sides {
  int rows = 0, columns = 0, taps = 0, stored = 0;
};
constexpr Sides sides_of(const KernelPacking& packing, bool turned) {
  const int side = packed_side(packing);
  const int columns = turned ? packing.out : packing.in;
  return {turned ? packing.in : packing.out, columns, side * side, stored_channels(columns)};
}

template <class T>
__device__ void pack_values(const PackingJob<T>& job, unsigned number) {
  const Sides sides = sides_of(job.packing, false);
  const int side = packed_side(job.packing), count = sides.rows * sides.taps * sides.stored;
  const int first = int(number) * values_of_block + int(threadIdx.x);
  float values[values_at_once] = {};
  UNROLL for (int u = 0; u < values_at_once; ++u) {
    const int j = first + u * threads, in = j % sides.stored;
    if (j >= count || in >= sides.columns) continue;
    const int tap = j / sides.stored % sides.taps, out = j / sides.stored / sides.taps;
    values[u] = tap_value(job.packing, side, out, tap, in);
  }
  UNROLL for (int u = 0; u < values_at_once; ++u) {
    if (first + u * threads < count) job.kernel[first + u * threads] = from_float<T>(values[u]);
  }
}

// A tile of one tap, through shared memory: neighbours read neighbours and write neighbours.
template <class T>
__device__ void pack_turned_tile(const PackingJob<T>& job, unsigned number) {
  const Sides sides = sides_of(job.packing, true);
  const int side = packed_side(job.packing);
  const int across = (sides.columns + tile - 1) / tile, down = (sides.rows + tile - 1) / tile;
  const int tap = int(number) / across / down;
  const int first_in = int(number) / across % down * tile, first_out = int(number) % across * tile;
  const int lane = int(threadIdx.x) % tile, row = int(threadIdx.x) / tile;
  float* const values = reinterpret_cast<float*>(block_memory());
  float loaded[tile / tile_rows] = {};
  UNROLL for (int u = 0; u < tile / tile_rows; ++u) {
    const int out = first_out + row + u * tile_rows;
    if (out >= sides.columns || first_in + lane >= sides.rows) continue;
    loaded[u] = tap_value(job.packing, side, out, tap, first_in + lane);
  }
  UNROLL for (int u = 0; u < tile / tile_rows; ++u) {
    store_shared(&values[(row + u * tile_rows) * tile_stride + lane], loaded[u]);
  }
  __syncthreads();
  UNROLL for (int in = row; in < tile; in += tile_rows) {
    if (first_in + in >= sides.rows || first_out + lane >= sides.stored) continue;
    const size_t at = (size_t(first_in + in) * sides.taps + tap) * sides.stored + first_out + lane;
    job.turned[at] = from_float<T>(load_shared(&values[lane * tile_stride + in]));
  }
}

template <class T>
__device__ void shift_bias(const PackingJob<T>& job, unsigned number) {
  const KernelPacking& packing = job.packing;
  const Normalization& norm = packing.norm;
  const int o = int(number) * threads + int(threadIdx.x);
  if (o >= packing.out) return;
  job.bias[o] = norm.gamma ? (packing.bias[o] - norm.mean[o]) * scale_of(norm, o) + norm.beta[o]
                           : packing.bias[o];
}

template <class T>
__global__ void __launch_bounds__(threads)
    pack_all(const PackingJob<T>* jobs, const PackingBlock* blocks) {
  const PackingBlock block = blocks[blockIdx.x];
  const PackingJob<T> job = jobs[block.job];  // once, whatever is written in between
  switch (block.part) {
    case PackingBlock::Part::kernel: return pack_values(job, block.number);
    case PackingBlock::Part::turned: return pack_turned_tile(job, block.number);
    case PackingBlock::Part::bias: return shift_bias(job, block.number);
  }
}

unsigned blocks_of(const KernelPacking& packing, PackingBlock::Part part) {
  const auto groups = [](size_t count, int of) { return unsigned((count + of - 1) / of); };
  const Sides turned = sides_of(packing, true);
  switch (part) {
    case PackingBlock::Part::kernel: return groups(packed_values(packing), values_of_block);
    case PackingBlock::Part::turned:
      return unsigned(turned.taps) * groups(turned.rows, tile) * groups(turned.columns, tile);
    case PackingBlock::Part::bias: return groups(packing.out, threads);
  }
  return 0;
}

template <class T>
__global__ void store_channels(int channels, unsigned count, const float* pictures, T* values) {
  const unsigned i = unsigned(thread_number()), eights = unsigned(stored_channels(channels)) / 8;
  if (i >= count) return;
  const int channel = int(i % eights) * 8;
  const float* const from = pictures + size_t(i / eights) * channels + channel;
  Eight eight = {};
  for (int c = 0; c < 8; ++c) {
    if (channel + c < channels) eight.at[c] = from[c];
  }
  store_eight(values + size_t(i) * 8, eight);
}

__global__ void take_channels(int channels, unsigned count, const float* values, float* pictures) {
  const unsigned i = unsigned(thread_number()), eights = unsigned(stored_channels(channels)) / 8;
  if (i >= count) return;
  const int channel = int(i % eights) * 8;
  const Eight eight = load_eight(values + size_t(i) * 8);
  float* const to = pictures + size_t(i / eights) * channels + channel;
  for (int c = 0; c < 8; ++c) {
    if (channel + c < channels) to[c] = eight.at[c];
  }
}

template <class T>
__global__ void widen_values(size_t count, const T* values, float* wide) {
  const size_t i = thread_number() * 8;
  if (i < count) store_eight(wide + i, load_eight(values + i));
}

// Of all pictures: a number of 32 bits, which divides fast.
unsigned eights_of(Shape shape, int n) {
  const size_t count = n * stored_values(shape) / 8;
  assert(count <= UINT32_MAX - 256);
  return unsigned(count);
}

}  // namespace

size_t packed_values(const KernelPacking& packing) {
  const Sides sides = sides_of(packing, false);
  return size_t(sides.rows) * sides.taps * sides.stored;
}
size_t packed_turned_values(const KernelPacking& packing) {
  const Sides sides = sides_of(packing, true);
  return size_t(sides.rows) * sides.taps * sides.stored;
}

template <class T>
size_t PackingTable<T>::bytes(const KernelPacking& packing) {
  size_t blocks = 0;
  for (const auto part :
       {PackingBlock::Part::kernel, PackingBlock::Part::turned, PackingBlock::Part::bias}) {
    blocks += blocks_of(packing, part);
  }
  return sizeof(PackingJob<T>) + blocks * sizeof(PackingBlock);
}

template <class T>
void PackingTable<T>::place(DeviceStream& stream, const std::vector<PackingJob<T>>& jobs,
                            std::byte* memory) {
  std::vector<PackingBlock> blocks;
  for (uint32_t j = 0; j < jobs.size(); ++j) {
    const auto list = [&](PackingBlock::Part part, const void* to) {
      const uint32_t count = to ? blocks_of(jobs[j].packing, part) : 0;
      for (uint32_t i = 0; i < count; ++i) blocks.push_back({j, part, i});
    };
    list(PackingBlock::Part::kernel, jobs[j].kernel);
    list(PackingBlock::Part::turned, jobs[j].turned);
    list(PackingBlock::Part::bias, jobs[j].bias);
  }
  const size_t job_bytes = jobs.size() * sizeof(PackingJob<T>);
  stream.upload(memory, jobs.data(), job_bytes);
  stream.upload(memory + job_bytes, blocks.data(), blocks.size() * sizeof(PackingBlock));
  jobs_ = reinterpret_cast<const PackingJob<T>*>(memory);
  blocks_ = reinterpret_cast<const PackingBlock*>(memory + job_bytes);
  block_count_ = unsigned(blocks.size());
}

template <class T>
void PackingTable<T>::pack(DeviceStream& stream) const {
  launch(stream, "packing of kernels",
         {.grid = {block_count_},
          .block = {unsigned(threads)},
          .shared_bytes = tile * tile_stride * sizeof(float)},
         pack_all<T>, jobs_, blocks_);
}

template <class T>
void store_pictures(DeviceStream& stream, Shape shape, int n, const float* pictures, T* values) {
  const unsigned count = eights_of(shape, n);
  launch(stream, "storing of pictures", each(count), store_channels<T>, shape.channels, count,
         pictures, values);
}
void take_pictures(DeviceStream& stream, Shape shape, int n, const float* values, float* pictures) {
  const unsigned count = eights_of(shape, n);
  launch(stream, "taking of pictures", each(count), take_channels, shape.channels, count, values,
         pictures);
}
template <class T>
void widen(DeviceStream& stream, size_t count, const T* values, float* wide) {
  launch(stream, "widening", each(count / 8), widen_values<T>, count, values, wide);
}

template class PackingTable<float>;
template class PackingTable<Bf16>;
template void store_pictures(DeviceStream&, Shape, int, const float*, float*);
template void store_pictures(DeviceStream&, Shape, int, const float*, Bf16*);
template void widen(DeviceStream&, size_t, const float*, float*);
template void widen(DeviceStream&, size_t, const Bf16*, float*);

}  // namespace limpid::cuda
