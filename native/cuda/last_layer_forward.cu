// Outputs are taken by corners, each with all outputs that gather from the same source pixels:
// - stride 1: the pixel (y, x), from source rows and columns y - 1 to y + 1, reach 3;
// - stride 2: pixels (2 y - 1, 2 x - 1) to (2 y, 2 x), from source y - 1 and y, reach 2: seen so,
//   every tap of the kernel meets every corner once.
// A source pixel times the kernels of all taps, reach x reach x outputs of a corner, is a product
// of matrices that reads the pixel once; what belongs to one corner is summed afterwards. Warps go
// down the rows, 16 pixels wide: along a column of pixels the sums stay in registers, where a row
// adds to `reach` rows of corners and finishes the first of them. Across, they go through shared
// memory. Every output is one sum in one order, however pictures are cut.
#include <algorithm>
#include <cassert>

#include "native/cuda/eight.h"
#include "native/cuda/last_layer.h"

namespace limpid::cuda {
namespace {

constexpr int warps = 8, lanes = 32;
constexpr int block_threads = warps * lanes;
constexpr int warp_pixels = 16;
constexpr int part_channels = 32;  // eight for each of a pixel's lanes
constexpr int parts = 2;           // of a slice, which one round takes: 128 bytes of a pixel
constexpr int slice_channels = parts * part_channels;
constexpr int stages = 3;  // of copies
constexpr int blocks_on_multiprocessor = 2;
constexpr int most_outputs = 3;
constexpr size_t block_bytes = 99 << 10;  // of shared memory: what a block has on all GPUs
constexpr int chunks_of_lane = parts * warp_pixels / 8;

struct Layout {
  int warps_across = 1;  // of the block; the others have rows further down
  int strips = 1;        // across the picture
  int segments = 1;      // of rows of corners
  int most_rows = 1;     // of corners, of a segment
  int slices = 1;
};

constexpr int overlap(int reach) { return reach - 1; }  // source columns that two strips share

int strips_of(int width, int pixels, int reach) {
  if (width <= pixels) return 1;
  const int step = pixels - overlap(reach);
  return 1 + (width - pixels + step - 1) / step;
}

// Blocks that share out a picture's rows, so that the GPU is done the soonest: rounds of as many as
// it takes at once, times rows, those that a block reads beside its own, and about as much as two
// take to begin.
int blocks_down(int pictures_and_strips, int corners, int warps_down, int reach,
                int blocks_at_once) {
  constexpr int64_t rows_to_begin = 2;
  int best = 1;
  int64_t least = INT64_MAX;
  for (int blocks = 1; blocks * warps_down <= std::max(warps_down, corners / 4); ++blocks) {
    const int segments = blocks * warps_down;
    const int64_t rows = (corners + segments - 1) / segments + overlap(reach) + rows_to_begin;
    const int64_t rounds =
        (int64_t(pictures_and_strips) * blocks + blocks_at_once - 1) / blocks_at_once;
    if (rounds * rows >= least) continue;
    least = rounds * rows;
    best = blocks;
  }
  return best;
}

int slices_of(int channels) { return (channels + slice_channels - 1) / slice_channels; }

Layout layout_of(const LastLayer& layer, int n, int reach, int blocks_at_once) {
  Layout layout{.slices = slices_of(layer.input.channels)};
  int least = INT32_MAX;
  for (int across = 1; across <= warps; across *= 2) {
    const int pixels = across * warp_pixels;
    const int strips = strips_of(layer.input.width, pixels, reach);
    if (strips * pixels >= least) continue;
    least = strips * pixels;
    layout.warps_across = across;
    layout.strips = strips;
  }
  const int warps_down = warps / layout.warps_across;
  const int corners = layer.input.height + layer.stride - 1;
  layout.segments =
      warps_down * blocks_down(n * layout.strips, corners, warps_down, reach, blocks_at_once);
  layout.most_rows = (corners + layout.segments - 1) / layout.segments;
  return layout;
}

// Floats of a pixel's sums; pixels begin in different banks.
constexpr int staging_pitch(int tiles) { return 8 * tiles + 2; }

template <int reach, int tiles>
constexpr int kernel_chunks_of_part = reach* tiles* lanes;
constexpr int ring_chunks = warps * stages * chunks_of_lane * lanes;

template <int reach, int tiles>
size_t shared_bytes(int slices) {
  const size_t kernels = size_t(slices) * parts * kernel_chunks_of_part<reach, tiles>;
  return (kernels + ring_chunks) * sizeof(Chunk) +
         2 * sizeof(float) * warps * warp_pixels * staging_pitch(tiles);
}

struct alignas(8) Two {
  float at[2];
};

// `reach`: source rows, and columns, of a corner. `tiles`: of 8 columns each, which has the sums of
// one source pixel and one row of corners: (source column of the corner, phase, channel).
template <int reach, int tiles>
class LastConvolution {
 public:
  __device__ LastConvolution(const LastLayerRun& run, const Layout& layout)
      : run_(run),
        layout_(layout),
        lane_(int(threadIdx.x) % lanes),
        across_(int(threadIdx.x) / lanes % layout.warps_across),
        strip_pixels_(layout.warps_across * warp_pixels) {
    const Shape& shape = run.layer.input;
    const int down = int(threadIdx.x) / lanes / layout.warps_across;
    const int segment = int(blockIdx.y) * (warps / layout.warps_across) + down;
    const int corners = shape.height + stride - 1;  // rows of them
    first_ = int(int64_t(corners) * segment / layout.segments);
    end_ = int(int64_t(corners) * (segment + 1) / layout.segments);
    left_ = int(blockIdx.x) * (strip_pixels_ - overlap(reach));
    kernel_ = reinterpret_cast<Chunk*>(block_memory());
    Chunk* const rings = kernel_ + layout.slices * parts * kernel_chunks_of_part<reach, tiles>;
    ring_ = rings + int(threadIdx.x) / lanes * stages * chunks_of_lane * lanes + lane_;
    staging_ = reinterpret_cast<float*>(rings + ring_chunks);
    const int first_row = std::max(first_ - 1, 0);
    rows_to_copy_ = std::min(end_ + reach - 2, shape.height) - first_row;
    const int x = left_ + across_ * warp_pixels + lane_ / 4;
    has_upper_ = x < shape.width;
    has_lower_ = x + 8 < shape.width;
    row_ = run.source +
           ((size_t(blockIdx.z) * shape.height + first_row) * shape.width + x) * stored() +
           lane_ % 4 * 8;
    UNROLL for (int i = 0; i < most_outputs; ++i) {
      bias_[i] = run.bias && i < run.layer.output.channels ? run.bias[i] : 0;
    }
  }

  __device__ void go() {
    copy_kernel();
    for (int stage = 0; stage < stages - 1; ++stage) copy_source(stage);
    wait_copies<stages - 2>();  // the kernel is in the first group
    __syncthreads();
    int stage = 0;
    const int steps = layout_.most_rows + reach - 1;
    for (int step = 0; step < steps; ++step) {
      const int row = first_ - 1 + step, finished = row - (reach - 2);
      const bool is_there = row >= 0 && row < run_.layer.input.height && row < end_ + reach - 2;
      for (int slice = 0; is_there && slice < layout_.slices; ++slice) {
        copy_source(stage == 0 ? stages - 1 : stage - 1);
        wait_copies<stages - 1>();
        multiply(slice, stage);
        stage = stage == stages - 1 ? 0 : stage + 1;
      }
      if (step >= reach - 1) {
        // In two places in turn: who reads the row before has not passed the barrier of this one.
        float* const sums = staging_ + step % 2 * warps * warp_pixels * pitch;
        put(sums);
        __syncthreads();
        finish(finished, sums);
      }
      next_row();
    }
    wait_copies<0>();
  }

 private:
  static constexpr int stride = reach == 2 ? 2 : 1;
  static constexpr int phases = stride * stride;
  static constexpr int side = reach == 2 ? 4 : 3;  // of the kernel
  static constexpr int pitch = staging_pitch(tiles);

  __device__ int stored() const { return stored_channels(run_.layer.input.channels); }
  __device__ static int tap(int phase, int source) {
    return stride == 2 ? 2 + phase - 2 * source : source;
  }

  // In the order in which lanes take it: a lane's eight channels of column lane / 4 of a tile.
  __device__ void copy_kernel() {
    const int outputs = run_.layer.output.channels, of_corner = phases * outputs;
    const int count = layout_.slices * parts * kernel_chunks_of_part<reach, tiles>;
    for (int i = int(threadIdx.x); i < count; i += block_threads) {
      const int row = i / lanes / tiles % reach, part = i / lanes / tiles / reach;
      const int column = i / lanes % tiles * 8 + i % lanes / 4;
      const int channel = part * part_channels + i % 4 * 8;
      const int source = column / of_corner, phase = column % of_corner / outputs;
      const int out = column % outputs;
      const int y = tap(phase / stride, row), x = tap(phase % stride, source);
      const bool inside = source < reach && channel < stored();
      const size_t at = (size_t(out) * side * side + y * side + x) * stored() + channel;
      copy_async(kernel_ + i, run_.kernel + (inside ? at : 0), inside);
    }
  }

  // The next slice of this warp's source rows, one group of copies. A lane has eight channels of
  // every eighth pixel, of each part, and copies what itself will read.
  __device__ void copy_source(int stage) {
    const int channel = copied_slice_ * slice_channels + lane_ % 4 * 8;
    const Bf16* const from = row_ + copied_slice_ * slice_channels;
    Chunk* const to = ring_ + stage * chunks_of_lane * lanes;
    UNROLL for (int part = 0; part < parts; ++part) {
      const bool inside = rows_to_copy_ > 0 && channel + part * part_channels < stored();
      const Bf16* const upper = from + part * part_channels;
      const Bf16* const lower = upper + 8 * stored();
      copy_async(to + 2 * part * lanes, inside && has_upper_ ? upper : run_.source,
                 inside && has_upper_);
      copy_async(to + (2 * part + 1) * lanes, inside && has_lower_ ? lower : run_.source,
                 inside && has_lower_);
    }
    commit_copies();
    if (++copied_slice_ < layout_.slices) return;
    copied_slice_ = 0;
    row_ += size_t(run_.layer.input.width) * stored();
    --rows_to_copy_;
  }

  // The depth in an order of its own, the same in both factors: a lane has eight channels that lie
  // together.
  __device__ void multiply(int slice, int stage) {
    UNROLL for (int part = 0; part < parts; ++part) {
      const Chunk* const pixels = ring_ + (stage * chunks_of_lane + 2 * part) * lanes;
      const Chunk upper = load_shared(pixels), lower = load_shared(pixels + lanes);
      const Chunk* const kernel =
          kernel_ + (slice * parts + part) * kernel_chunks_of_part<reach, tiles> + lane_;
      UNROLL for (int row = 0; row < reach; ++row) {
        Chunk taps[tiles];
        UNROLL for (int j = 0; j < tiles; ++j) {
          taps[j] = load_shared(kernel + (row * tiles + j) * lanes);
        }
        UNROLL for (int half = 0; half < 2; ++half) {
          const uint32_t four[4] = {upper.words[2 * half], lower.words[2 * half],
                                    upper.words[2 * half + 1], lower.words[2 * half + 1]};
          UNROLL for (int j = 0; j < tiles; ++j) {
            multiply_add_bf16(sums_[reach - 1 - row][j], four, &taps[j].words[2 * half]);
          }
        }
      }
    }
  }

  __device__ void put(float* sums) const {
    float* const to = sums + (int(threadIdx.x) / lanes * warp_pixels + lane_ / 4) * pitch;
    UNROLL for (int j = 0; j < tiles; ++j) {
      UNROLL for (int lower = 0; lower < 2; ++lower) {
        const float* const sum = &sums_[0][j][2 * lower];
        store_shared(reinterpret_cast<Two*>(to + 8 * lower * pitch + 8 * j + lane_ % 4 * 2),
                     Two{{sum[0], sum[1]}});
      }
    }
  }

  __device__ void next_row() {
    UNROLL for (int row = 0; row < reach; ++row) {
      UNROLL for (int j = 0; j < tiles; ++j) {
        UNROLL for (int s = 0; s < 4; ++s) {
          sums_[row][j][s] = row + 1 < reach ? sums_[row + 1 < reach ? row + 1 : 0][j][s] : 0;
        }
      }
    }
  }

  // Outputs of this strip's corners in row y of corners.
  __device__ void finish(int y, const float* sums) const {
    if (y >= end_) return;
    const Shape& output = run_.layer.output;
    const bool last = int(blockIdx.x) == layout_.strips - 1;
    const int corner = blockIdx.x == 0 ? 0 : left_ + 1;
    const int corner_end =
        last ? run_.layer.input.width + stride - 1 : left_ + strip_pixels_ - overlap(reach) + 1;
    const int begin = std::max(0, stride * corner - (stride - 1));
    const int end = std::min(output.width, stride * corner_end - (stride - 1));
    for (int row = 0; row < stride; ++row) {
      const int out_y = stride * y - (stride - 1) + row;
      if (out_y < 0 || out_y >= output.height) continue;
      for (int x = begin + across_ * lanes + lane_; x < end; x += layout_.warps_across * lanes) {
        store(out_y, x, row, sums);
      }
    }
  }

  __device__ void store(int y, int x, int phase_row, const float* sums) const {
    const Shape& output = run_.layer.output;
    const int corner = (x + stride - 1) / stride;
    const int phase = phase_row * stride + (x + stride - 1) % stride;
    const float* const pixels = sums + (int(threadIdx.x) / lanes - across_) * warp_pixels * pitch;
    Eight values = {};
    UNROLL for (int channel = 0; channel < most_outputs; ++channel) {
      if (channel >= output.channels) break;
      float sum = 0;
      UNROLL for (int source = 0; source < reach; ++source) {
        const int pixel = corner - 1 + source - left_;
        if (pixel < 0 || pixel >= strip_pixels_) continue;
        sum += load_shared(pixels + pixel * pitch + (source * phases + phase) * output.channels +
                           channel);
      }
      sum += bias_[channel];
      values.at[channel] = activate(run_.activation, run_.slope, sum);
    }
    const size_t at = ((size_t(blockIdx.z) * output.height + y) * output.width + x) *
                      stored_channels(most_outputs);
    if (run_.wide_destination) {
      store_eight(run_.wide_destination + at, values);
    } else {
      store_eight(run_.destination + at, values);
    }
  }

  const LastLayerRun& run_;
  const Layout& layout_;
  const int lane_, across_, strip_pixels_;
  int first_, end_;  // rows of corners that this warp finishes
  int left_;         // the strip's first source column
  const Bf16* row_;  // that is copied next, from this lane's first pixel and channel on
  int rows_to_copy_, copied_slice_ = 0;
  bool has_upper_, has_lower_;  // of the lane's pixels
  Chunk* kernel_;
  Chunk* ring_;     // this lane's
  float* staging_;  // two rows of corners
  float bias_[most_outputs];
  float sums_[reach][tiles][4] = {};  // of rows of corners, the one that ends now first
};

template <int reach, int tiles>
__global__ void __launch_bounds__(block_threads, blocks_on_multiprocessor)
    convolve_last(const __grid_constant__ LastLayerRun run, const __grid_constant__ Layout layout) {
  LastConvolution<reach, tiles>(run, layout).go();
}

template <int reach, int tiles>
void launch_last_layer(DeviceStream& stream, const LastLayerRun& run) {
  const Layout layout =
      layout_of(run.layer, run.n, reach, blocks_on_multiprocessor * stream.multiprocessors());
  const int warps_down = warps / layout.warps_across;
  launch(
      stream, "last layer",
      {.grid = {unsigned(layout.strips), unsigned(layout.segments / warps_down), unsigned(run.n)},
       .block = {block_threads},
       .shared_bytes = shared_bytes<reach, tiles>(layout.slices)},
      convolve_last<reach, tiles>, run, layout);
}

// With the whole kernel in a block's shared memory, see run_last_layer().
size_t shared_bytes_of(int channels, bool transposed, bool grey) {
  const int slices = slices_of(channels);
  if (transposed) return grey ? shared_bytes<2, 1>(slices) : shared_bytes<2, 3>(slices);
  return grey ? shared_bytes<3, 1>(slices) : shared_bytes<3, 2>(slices);
}

}  // namespace

bool is_last_layer(const Connection& c, bool transposed) {
  const Shape& input = transposed ? c.coarse : c.fine;
  const Shape& output = transposed ? c.fine : c.coarse;
  const bool kind = transposed ? c.kernel == 4 && c.stride == 2 : c.kernel == 3 && c.stride == 1;
  return kind && c.pad == 1 && (output.channels == 1 || output.channels == most_outputs) &&
         shared_bytes_of(input.channels, transposed, output.channels == 1) <= block_bytes;
}

LastLayer last_layer_of(const Connection& c, bool transposed) {
  assert(is_last_layer(c, transposed));
  return {.input = transposed ? c.coarse : c.fine,
          .output = transposed ? c.fine : c.coarse,
          .stride = c.stride};
}

void run_last_layer(DeviceStream& stream, const LastLayerRun& run) {
  assert((run.destination == nullptr) != (run.wide_destination == nullptr));
  const bool grey = run.layer.output.channels == 1;
  if (run.layer.stride == 2) {
    if (grey) return launch_last_layer<2, 1>(stream, run);
    return launch_last_layer<2, 3>(stream, run);
  }
  if (grey) return launch_last_layer<3, 1>(stream, run);
  launch_last_layer<3, 2>(stream, run);
}

}  // namespace limpid::cuda
