// Gradient by input of a convolution to few channels: source pixels x (16 taps x 4 channels) times
// (taps x channels) x input channels. A block goes through tiles of 32 x 8 pixels of the result,
// for which it keeps the output's gradient in shared memory, four channels a pixel, and loads that
// of its next one ahead; a warp keeps the kernels of 32 channels in registers and goes through the
// tile's pixels, 16 at a time. Columns of the product are in such an order that a lane ends up with
// eight channels of a pixel that lie together.
#include <algorithm>

#include "native/cuda/eight.h"
#include "native/cuda/last_layer.h"

namespace limpid::cuda {
namespace {

constexpr int warps = 8, lanes = 32;
constexpr int block_threads = warps * lanes;
constexpr int warp_channels = 32;
constexpr int tile_rows = 8, tile_cols = 32;  // of the result
constexpr int products = tile_rows * tile_cols / 16;
constexpr int blocks_on_multiprocessor = 2;

// Tiles picture by picture, each row by row.
struct Tiles {
  int across = 1, down = 1;
  int count = 0;  // in all pictures
};
struct Tile {
  int picture, first_y, first_x;
  __device__ Tile(const Tiles& tiles, int number)
      : picture(number / (tiles.down * tiles.across)),
        first_y(number / tiles.across % tiles.down * tile_rows),
        first_x(number % tiles.across * tile_cols) {}
};

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

// What of it one thread loads and, when the block's last tile is done, stores.
template <int stride>
struct Pixels {
  using P = Patch<stride>;

  __device__ void load(const LastLayerGradientRun& run, const Tile& tile) {
    const Shape& shape = run.layer.output;
    const Bf16* const picture =
        run.gradient + size_t(tile.picture) * shape.height * shape.width * stored_channels(3);
    UNROLL for (int i = 0; i < P::pixels_of_thread; ++i) {
      const int at = int(threadIdx.x) + i * block_threads;
      const int y = stride * tile.first_y - 1 + at / P::cols;
      const int x = stride * tile.first_x - 1 + at % P::cols;
      loaded[i] = {};
      if (at >= P::rows * P::cols || y < 0 || y >= shape.height || x < 0 || x >= shape.width) {
        continue;
      }
      loaded[i] = *reinterpret_cast<const Four*>(picture + (size_t(y) * shape.width + x) *
                                                               stored_channels(3));
    }
  }
  __device__ void store(Four* patch) const {
    UNROLL for (int i = 0; i < P::pixels_of_thread; ++i) {
      const int at = int(threadIdx.x) + i * block_threads;
      if (at >= P::rows * P::cols) continue;
      store_shared(patch + at / P::cols * P::pitch + at % P::cols, loaded[i]);
    }
  }

  Four loaded[P::pixels_of_thread];
};

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

__device__ void store(const LastLayerGradientRun& run, int picture, int y, int x, int channel,
                      Eight values) {
  const Shape& shape = run.layer.input;
  const int stored = stored_channels(shape.channels);
  if (y >= shape.height || x >= shape.width || channel >= stored) return;
  Bf16* const to =
      run.destination + ((size_t(picture) * shape.height + y) * shape.width + x) * stored + channel;
  if (run.add) {
    const Eight before = load_eight(to);
    for (int i = 0; i < 8; ++i) values.at[i] += before.at[i];
  }
  store_eight(to, values);
}

// One warp's share of a tile.
template <int stride>
__device__ void multiply_tile(const LastLayerGradientRun& run, const Kernels& kernels,
                              const Four* patch, const Tile& tile, int groups, int first_channel) {
  const int warp = int(threadIdx.x) / lanes, lane = int(threadIdx.x) % lanes;
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
      store(run, tile.picture, tile.first_y + y, tile.first_x + x + 8 * lower,
            first_channel + lane % 4 * 8, values);
    }
  }
}

template <int stride>
__global__ void __launch_bounds__(block_threads, blocks_on_multiprocessor)
    gather_gradient(const __grid_constant__ LastLayerGradientRun run,
                    const __grid_constant__ Tiles tiles, int groups) {
  constexpr int patch_size = Patch<stride>::rows * Patch<stride>::pitch;
  Four* patch = reinterpret_cast<Four*>(block_memory());
  Four* next_patch = patch + patch_size;
  Pixels<stride> pixels;
  int number = int(blockIdx.x);
  pixels.load(run, Tile(tiles, number));
  const int first_channel =
      (int(blockIdx.y) * groups + int(threadIdx.x) / lanes % groups) * warp_channels;
  const Kernels kernels(run, first_channel);
  while (number < tiles.count) {
    const Tile tile(tiles, number);
    pixels.store(patch);  // who reads the tile before the last has not passed the last barrier
    __syncthreads();
    number += int(gridDim.x);
    if (number < tiles.count) pixels.load(run, Tile(tiles, number));
    multiply_tile<stride>(run, kernels, patch, tile, groups, first_channel);
    Four* const last = patch;
    patch = next_patch;
    next_patch = last;
  }
}

template <int stride>
void launch_gradient(DeviceStream& stream, const LastLayerGradientRun& run) {
  const Shape& shape = run.layer.input;
  const int all = (shape.channels + warp_channels - 1) / warp_channels;
  int groups = 1;  // of channels that a block has: the warps are shared out evenly
  while (groups < all && groups < warps) groups *= 2;
  Tiles tiles{.across = (shape.width + tile_cols - 1) / tile_cols,
              .down = (shape.height + tile_rows - 1) / tile_rows};
  tiles.count = tiles.across * tiles.down * run.n;
  const int blocks_at_once = blocks_on_multiprocessor * stream.multiprocessors();
  const int rounds = (tiles.count + blocks_at_once - 1) / blocks_at_once;
  launch(stream, "last layer's gradient by input",
         {.grid = {unsigned((tiles.count + rounds - 1) / rounds),
                   unsigned((all + groups - 1) / groups)},
          .block = {block_threads},
          .shared_bytes = size_t(2) * Patch<stride>::rows * Patch<stride>::pitch * sizeof(Four)},
         gather_gradient<stride>, run, tiles, groups);
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
