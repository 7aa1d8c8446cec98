// Outputs are taken by corners, each with all outputs that gather from the same source pixels:
// - stride 1: the pixel (y, x), from source rows and columns y - 1 to y + 1, reach 3;
// - stride 2: pixels (2 y - 1, 2 x - 1) to (2 y, 2 x), from source y - 1 and y, reach 2: seen so,
//   every tap of the kernel meets every corner once.
// A source pixel times the kernels of all taps, reach x reach x outputs of a corner, is a product
// of matrices that reads the pixel once; what belongs to one corner is summed afterwards. Warps go
// down the rows, 32 pixels wide: along a column of pixels the sums stay in registers, where a row
// adds to `reach` rows of corners and finishes the first of them. Across, they go through shared
// memory. Every output is one sum in one order, however pictures are cut into strips.
#include <algorithm>
#include <cassert>

#include "native/cuda/eight.h"
#include "native/cuda/last_layer.h"

namespace limpid::cuda {
namespace {

constexpr int warps = 8, lanes = 32;
constexpr int block_threads = warps * lanes;
constexpr int warp_pixels = 32;     // two products of 16
constexpr int slice_channels = 32;  // that one round takes: eight for each of a pixel's lanes
constexpr int rows_of_corners = 8;  // that a warp finishes, or one more
constexpr int stages = 3;           // of copies
constexpr int most_outputs = 3;
constexpr int most_channels = 512;  // whose kernel fits into shared memory
constexpr int chunks_of_lane = warp_pixels / 8;

struct Layout {
  int warps_across = 1;  // of the block; the others have rows further down
  int strips = 1;        // across the picture
  int segments = 1;      // of rows of corners
  int slices = 1;
};

constexpr int overlap(int reach) { return reach - 1; }  // source columns that two strips share

int strips_of(int width, int pixels, int reach) {
  if (width <= pixels) return 1;
  const int step = pixels - overlap(reach);
  return 1 + (width - pixels + step - 1) / step;
}

Layout layout_of(const LastLayer& layer, int reach) {
  Layout layout{.segments = (layer.input.height + rows_of_corners - 1) / rows_of_corners,
                .slices = (layer.input.channels + slice_channels - 1) / slice_channels};
  int least = INT32_MAX;
  for (int across = 1; across <= warps; across *= 2) {
    const int pixels = across * warp_pixels;
    const int strips = strips_of(layer.input.width, pixels, reach);
    if (strips * pixels >= least) continue;
    least = strips * pixels;
    layout.warps_across = across;
    layout.strips = strips;
  }
  return layout;
}

// Floats of a pixel's sums; pixels begin in different banks.
constexpr int staging_pitch(int tiles) { return 8 * tiles + 2; }

template <int reach, int tiles>
constexpr int kernel_chunks_of_slice = reach* tiles* lanes;
constexpr int ring_chunks = warps * stages * chunks_of_lane * lanes;

template <int reach, int tiles>
size_t shared_bytes(const Layout& layout) {
  const size_t chunks = size_t(layout.slices) * kernel_chunks_of_slice<reach, tiles> + ring_chunks;
  return chunks * sizeof(Chunk) + sizeof(float) * warps * warp_pixels * staging_pitch(tiles);
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
    const int down = int(threadIdx.x) / lanes / layout.warps_across;
    const int warps_down = warps / layout.warps_across;
    const int segment = int(blockIdx.y) * warps_down + down;
    const bool last = (int(blockIdx.y) + 1) * warps_down >= layout.segments;
    const int corners = run.layer.input.height + stride - 1;  // rows of them
    first_ = segment * rows_of_corners;
    end_ = segment < layout.segments - 1    ? first_ + rows_of_corners
           : segment == layout.segments - 1 ? corners
                                            : first_;
    steps_ = rows_of_corners + (last ? stride - 1 : 0) + reach - 1;
    left_ = int(blockIdx.x) * (strip_pixels_ - overlap(reach));
    kernel_ = reinterpret_cast<Chunk*>(block_memory());
    Chunk* const rings = kernel_ + layout.slices * kernel_chunks_of_slice<reach, tiles>;
    ring_ = rings + int(threadIdx.x) / lanes * stages * chunks_of_lane * lanes + lane_;
    staging_ = reinterpret_cast<float*>(rings + ring_chunks);
    copied_row_ = first_ - 1;
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
    for (int step = 0; step < steps_; ++step) {
      for (int slice = 0; slice < layout_.slices; ++slice) {
        copy_source(stage == 0 ? stages - 1 : stage - 1);
        wait_copies<stages - 1>();
        multiply(slice, stage);
        stage = stage == stages - 1 ? 0 : stage + 1;
      }
      if (step >= reach - 1) {
        __syncthreads();  // the row before has been read
        put();
        __syncthreads();
        finish(first_ + step - (reach - 1));
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
    const int count = layout_.slices * kernel_chunks_of_slice<reach, tiles>;
    for (int i = int(threadIdx.x); i < count; i += block_threads) {
      const int row = i / lanes / tiles % reach, slice = i / lanes / tiles / reach;
      const int column = i / lanes % tiles * 8 + i % lanes / 4;
      const int channel = slice * slice_channels + i % 4 * 8;
      const int source = column / of_corner, phase = column % of_corner / outputs;
      const int out = column % outputs;
      const int y = tap(phase / stride, row), x = tap(phase % stride, source);
      const bool inside = source < reach && channel < stored();
      const size_t at = (size_t(out) * side * side + y * side + x) * stored() + channel;
      copy_async(kernel_ + i, run_.kernel + (inside ? at : 0), inside);
    }
  }

  // The next slice of this warp's source row, one group of copies. A lane has eight channels of
  // every eighth pixel and copies what itself will read.
  __device__ void copy_source(int stage) {
    const Shape& shape = run_.layer.input;
    const int channel = copied_slice_ * slice_channels + lane_ % 4 * 8;
    const int x = left_ + across_ * warp_pixels + lane_ / 4;
    const bool inside = channel < stored() && copied_row_ >= 0 && copied_row_ < shape.height &&
                        copied_row_ < end_ + reach - 2 && first_ < end_;
    const size_t row = size_t(blockIdx.z) * shape.height + (inside ? copied_row_ : 0);
    const Bf16* const from =
        run_.source + (inside ? (row * shape.width + x) * stored() + channel : 0);
    UNROLL for (int i = 0; i < chunks_of_lane; ++i) {
      const bool there = inside && x + 8 * i < shape.width;
      copy_async(ring_ + (stage * chunks_of_lane + i) * lanes,
                 there ? from + size_t(8 * i) * stored() : run_.source, there);
    }
    commit_copies();
    if (++copied_slice_ < layout_.slices) return;
    copied_slice_ = 0;
    ++copied_row_;
  }

  // The depth in an order of its own, the same in both factors: a lane has eight channels that lie
  // together.
  __device__ void multiply(int slice, int stage) {
    Chunk pixels[chunks_of_lane];
    UNROLL for (int i = 0; i < chunks_of_lane; ++i) {
      pixels[i] = load_shared(ring_ + (stage * chunks_of_lane + i) * lanes);
    }
    const Chunk* const kernel = kernel_ + slice * kernel_chunks_of_slice<reach, tiles> + lane_;
    UNROLL for (int row = 0; row < reach; ++row) {
      Chunk taps[tiles];
      UNROLL for (int j = 0; j < tiles; ++j) {
        taps[j] = load_shared(kernel + (row * tiles + j) * lanes);
      }
      UNROLL for (int half = 0; half < 2; ++half) {
        UNROLL for (int i = 0; i < 2; ++i) {
          const Chunk &upper = pixels[2 * i], &lower = pixels[2 * i + 1];
          const uint32_t part[4] = {upper.words[2 * half], lower.words[2 * half],
                                    upper.words[2 * half + 1], lower.words[2 * half + 1]};
          UNROLL for (int j = 0; j < tiles; ++j) {
            multiply_add_bf16(sums_[reach - 1 - row][i][j], part, &taps[j].words[2 * half]);
          }
        }
      }
    }
  }

  __device__ void put() {
    float* const to = staging_ + (int(threadIdx.x) / lanes * warp_pixels + lane_ / 4) * pitch;
    UNROLL for (int i = 0; i < 2; ++i) {
      UNROLL for (int j = 0; j < tiles; ++j) {
        UNROLL for (int lower = 0; lower < 2; ++lower) {
          const float* const sum = &sums_[0][i][j][2 * lower];
          store_shared(
              reinterpret_cast<Two*>(to + (16 * i + 8 * lower) * pitch + 8 * j + lane_ % 4 * 2),
              Two{{sum[0], sum[1]}});
        }
      }
    }
  }

  __device__ void next_row() {
    UNROLL for (int row = 0; row < reach; ++row) {
      UNROLL for (int i = 0; i < 2; ++i) {
        UNROLL for (int j = 0; j < tiles; ++j) {
          UNROLL for (int s = 0; s < 4; ++s) {
            sums_[row][i][j][s] =
                row + 1 < reach ? sums_[row + 1 < reach ? row + 1 : 0][i][j][s] : 0;
          }
        }
      }
    }
  }

  // Outputs of this strip's corners in row y of corners.
  __device__ void finish(int y) {
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
      for (int x = begin + across_ * lanes + lane_; x < end; x += strip_pixels_) {
        store(out_y, x, row);
      }
    }
  }

  __device__ void store(int y, int x, int phase_row) {
    const Shape& output = run_.layer.output;
    const int corner = (x + stride - 1) / stride;
    const int phase = phase_row * stride + (x + stride - 1) % stride;
    const float* const pixels =
        staging_ + (int(threadIdx.x) / lanes - across_) * warp_pixels * pitch;
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
  int steps_;        // source rows that the block's warps go down
  int left_;         // the strip's first source column
  int copied_row_, copied_slice_ = 0;
  Chunk* kernel_;
  Chunk* ring_;  // this lane's
  float* staging_;
  float bias_[most_outputs];
  float sums_[reach][2][tiles][4] = {};  // of rows of corners, the one that ends now first
};

template <int reach, int tiles>
__global__ void __launch_bounds__(block_threads, 2)
    convolve_last(const __grid_constant__ LastLayerRun run, const __grid_constant__ Layout layout) {
  LastConvolution<reach, tiles>(run, layout).go();
}

template <int reach, int tiles>
void launch_last_layer(DeviceStream& stream, const LastLayerRun& run) {
  const Layout layout = layout_of(run.layer, reach);
  const int warps_down = warps / layout.warps_across;
  launch(stream, "last layer",
         {.grid = {unsigned(layout.strips),
                   unsigned((layout.segments + warps_down - 1) / warps_down), unsigned(run.n)},
          .block = {block_threads},
          .shared_bytes = shared_bytes<reach, tiles>(layout)},
         convolve_last<reach, tiles>, run, layout);
}

}  // namespace

bool is_last_layer(const Connection& c, bool transposed) {
  const Shape& input = transposed ? c.coarse : c.fine;
  const Shape& output = transposed ? c.fine : c.coarse;
  const bool kind = transposed ? c.kernel == 4 && c.stride == 2 : c.kernel == 3 && c.stride == 1;
  return kind && c.pad == 1 && (output.channels == 1 || output.channels == most_outputs) &&
         input.channels <= most_channels;
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
