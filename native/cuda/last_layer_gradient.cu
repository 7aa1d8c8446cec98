// Gradient by input of a convolution to few channels: source pixels x (16 taps x 4 channels) times
// (taps x channels) x input channels. A block has 32 x 16 pixels of the result, for which it keeps
// the output's gradient in shared memory, four channels a pixel; a warp keeps the kernels of 32
// channels in registers and goes through the tile's pixels, 16 at a time. Columns of the product
// are in such an order that a lane ends up with eight channels of a pixel that lie together.
#include "native/cuda/eight.h"
#include "native/cuda/last_layer.h"

namespace limpid::cuda {
namespace {

constexpr int warps = 8, lanes = 32;
constexpr int block_threads = warps * lanes;
constexpr int warp_channels = 32;
constexpr int tile_rows = 16, tile_cols = 32;  // of the result
constexpr int products = tile_rows * tile_cols / 16;

struct alignas(8) Four {  // channels of a pixel
  uint32_t words[2];
};

// The output's gradient, where the tile's pixels gather. Taps are taken as 4 x 4 at stride 1 too,
// with kernels of zeros.
template <int stride>
struct Patch {
  static constexpr int rows = stride * (tile_rows - 1) + 4;
  static constexpr int cols = stride * (tile_cols - 1) + 4;
  // Rows begin half of the banks apart, so that taps of two rows are read at once.
  static constexpr int pitch = (cols + 7) / 16 * 16 + 8;
  static constexpr int pixels_of_thread = (rows * cols + block_threads - 1) / block_threads;
  static_assert(pitch >= cols);
};

// All loads before all stores: they are in flight together.
template <int stride>
__device__ void load_patch(const LastLayerGradientRun& run, int top, int left, Four* patch) {
  using P = Patch<stride>;
  const Shape& shape = run.layer.output;
  const Bf16* const picture =
      run.gradient + size_t(blockIdx.z) * shape.height * shape.width * stored_channels(3);
  Four pixels[P::pixels_of_thread];
  UNROLL for (int i = 0; i < P::pixels_of_thread; ++i) {
    const int at = int(threadIdx.x) + i * block_threads;
    const int y = top + at / P::cols, x = left + at % P::cols;
    pixels[i] = {};
    if (at >= P::rows * P::cols || y < 0 || y >= shape.height || x < 0 || x >= shape.width) {
      continue;
    }
    pixels[i] = *reinterpret_cast<const Four*>(picture +
                                               (size_t(y) * shape.width + x) * stored_channels(3));
  }
  UNROLL for (int i = 0; i < P::pixels_of_thread; ++i) {
    const int at = int(threadIdx.x) + i * block_threads;
    if (at >= P::rows * P::cols) continue;
    store_shared(patch + at / P::cols * P::pitch + at % P::cols, pixels[i]);
  }
}

// The two taps from `pixel` on.
template <int stride>
__device__ Chunk load_taps(const Four* pixel) {
  if constexpr (stride == 2) {
    return load_shared(reinterpret_cast<const Chunk*>(pixel));  // columns are even
  } else {
    const Four first = load_shared(pixel), second = load_shared(pixel + 1);
    return {{first.words[0], first.words[1], second.words[0], second.words[1]}};
  }
}

// Of one warp: lane t = lane % 4 has taps 2 (t % 2) and the next of rows t / 2 and 2 + t / 2, as
// load_taps gives them.
class Kernels {
 public:
  __device__ Kernels(const LastLayerGradientRun& run, int first_channel) {
    const int side = run.layer.stride == 2 ? 4 : 3;
    const int lane = int(threadIdx.x) % lanes;
    UNROLL for (int j = 0; j < 4; ++j) {
      const int channel = first_channel + lane / 8 * 8 + 2 * j + lane / 4 % 2;
      UNROLL for (int half = 0; half < 2; ++half) {
        UNROLL for (int tap = 0; tap < 2; ++tap) {
          const int y = 2 * half + lane % 4 / 2, x = lane % 2 * 2 + tap;
          Four values = {};
          if (channel < run.layer.input.channels && y < side && x < side) {
            // A convolution's input pixel meets the outputs in the order against its taps'.
            const int index = side == 4 ? y * side + x : (side - 1 - y) * side + side - 1 - x;
            const size_t at = (size_t(channel) * side * side + index) * stored_channels(3);
            values = *reinterpret_cast<const Four*>(run.kernel + at);
          }
          kernels_[half][j][2 * tap] = values.words[0];
          kernels_[half][j][2 * tap + 1] = values.words[1];
        }
      }
    }
  }

  // `upper` and `lower`: taps of pixels lane / 4 and 8 + lane / 4 in rows 2 `half` and the next.
  __device__ void multiply(int half, const Chunk& upper, const Chunk& lower,
                           float (&sums)[4][4]) const {
    UNROLL for (int tap = 0; tap < 2; ++tap) {
      const uint32_t part[4] = {upper.words[2 * tap], lower.words[2 * tap],
                                upper.words[2 * tap + 1], lower.words[2 * tap + 1]};
      UNROLL for (int j = 0; j < 4; ++j) {
        multiply_add_bf16(sums[j], part, &kernels_[half][j][2 * tap]);
      }
    }
  }

 private:
  uint32_t kernels_[2][4][4];
};

__device__ void store(const LastLayerGradientRun& run, int y, int x, int channel, Eight values) {
  const Shape& shape = run.layer.input;
  const int stored = stored_channels(shape.channels);
  if (y >= shape.height || x >= shape.width || channel >= stored) return;
  Bf16* const to = run.destination +
                   ((size_t(blockIdx.z) * shape.height + y) * shape.width + x) * stored + channel;
  if (run.add) {
    const Eight before = load_eight(to);
    for (int i = 0; i < 8; ++i) values.at[i] += before.at[i];
  }
  store_eight(to, values);
}

template <int stride>
__global__ void __launch_bounds__(block_threads, 2)
    gather_gradient(const __grid_constant__ LastLayerGradientRun run, int groups) {
  Four* const patch = reinterpret_cast<Four*>(block_memory());
  const int tiles_across = (run.layer.input.width + tile_cols - 1) / tile_cols;
  const int first_y = int(blockIdx.x) / tiles_across * tile_rows;
  const int first_x = int(blockIdx.x) % tiles_across * tile_cols;
  load_patch<stride>(run, stride * first_y - 1, stride * first_x - 1, patch);
  const int warp = int(threadIdx.x) / lanes, lane = int(threadIdx.x) % lanes;
  const int first_channel = (int(blockIdx.y) * groups + warp % groups) * warp_channels;
  const Kernels kernels(run, first_channel);
  __syncthreads();
  for (int product = warp / groups; product < products; product += warps / groups) {
    const int y = product / (tile_cols / 16), x = product % (tile_cols / 16) * 16 + lane / 4;
    const Four* const pixel =
        patch + (stride * y + lane % 4 / 2) * Patch<stride>::pitch + stride * x + lane % 2 * 2;
    float sums[4][4] = {};
    UNROLL for (int half = 0; half < 2; ++half) {
      const Four* const row = pixel + 2 * half * Patch<stride>::pitch;
      kernels.multiply(half, load_taps<stride>(row), load_taps<stride>(row + stride * 8), sums);
    }
    UNROLL for (int lower = 0; lower < 2; ++lower) {
      Eight values;
      UNROLL for (int i = 0; i < 8; ++i) values.at[i] = sums[i / 2][2 * lower + i % 2];
      store(run, first_y + y, first_x + x + 8 * lower, first_channel + lane % 4 * 8, values);
    }
  }
}

template <int stride>
void launch_gradient(DeviceStream& stream, const LastLayerGradientRun& run) {
  const Shape& shape = run.layer.input;
  const int all = (shape.channels + warp_channels - 1) / warp_channels;
  int groups = 1;  // of channels that a block has: the warps are shared out evenly
  while (groups < all && groups < warps) groups *= 2;
  const int across = (shape.width + tile_cols - 1) / tile_cols;
  const int down = (shape.height + tile_rows - 1) / tile_rows;
  launch(stream, "last layer's gradient by input",
         {.grid = {unsigned(across * down), unsigned((all + groups - 1) / groups), unsigned(run.n)},
          .block = {block_threads},
          .shared_bytes = size_t(Patch<stride>::rows) * Patch<stride>::pitch * sizeof(Four)},
         gather_gradient<stride>, run, groups);
}

}  // namespace

void run_last_layer_gradient(DeviceStream& stream, const LastLayerGradientRun& run) {
  if (run.layer.stride == 2) {
    launch_gradient<2>(stream, run);
  } else {
    launch_gradient<1>(stream, run);
  }
}

}  // namespace limpid::cuda
