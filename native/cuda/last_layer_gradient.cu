// Gradient by input of a convolution to few channels: source pixels x (16 taps x 4 channels) times
// (taps x channels) x input channels. A block goes through tiles of 32 x 8 pixels of the result,
// for which it keeps the output's gradient in shared memory, four channels a pixel, and loads that
// of its next one ahead; a warp keeps the kernels of 32 channels in registers and goes through the
// tile's pixels, 16 at a time. Columns of the product are in such an order that a lane ends up with
// eight channels of a pixel that lie together.
//
// Where the gradient goes on through an activation, what that made is on its way to where it is
// multiplied while earlier products are: a second pass would move the gradient twice more. A lane
// keeps its channels' sums through a tile, so that they depend on nothing but the picture.
#include <cassert>

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
constexpr int stages = 4;  // of the ring in which a warp's next products find what was activated

// Tiles picture by picture, each row by row.
struct Tiles {
  int across = 1, down = 1;
  int count = 0;  // in all pictures
};

Tiles tiles_of(const LastLayer& layer, int n) {
  Tiles tiles{.across = (layer.input.width + tile_cols - 1) / tile_cols,
              .down = (layer.input.height + tile_rows - 1) / tile_rows};
  tiles.count = tiles.across * tiles.down * n;
  return tiles;
}

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
  static constexpr int size = rows * pitch;
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

// A lane's part of a tile: eight channels of its pixels. None where the channels are past the last
// or the tile is.
class LaneTile {
 public:
  __device__ LaneTile(const Shape& shape, const Tiles& tiles, int number, int channel)
      : width_(shape.width), stored_(stored_channels(shape.channels)) {
    const Tile tile(tiles, number);
    first_ =
        ((size_t(tile.picture) * shape.height + tile.first_y) * width_ + tile.first_x) * stored_ +
        channel;
    rows_ = number < tiles.count && channel < stored_ ? shape.height - tile.first_y : 0;
    cols_ = width_ - tile.first_x;
  }

  __device__ bool has(int y, int x) const { return y < rows_ && x < cols_; }
  // Of the pixel's first value among all pictures'.
  __device__ size_t at(int y, int x) const { return first_ + (y * width_ + x) * stored_; }

 private:
  int width_, stored_;
  size_t first_;
  int rows_, cols_;  // of the picture, from the tile's first on
};

// The pixels of a tile that a lane has of a product: this one and that eight to its right.
__device__ int lane_row(int product) { return product / (tile_cols / 16); }
__device__ int lane_column(int product) {
  return product % (tile_cols / 16) * 16 + int(threadIdx.x) % lanes / 4;
}

// A warp's share of a block's work: one group of 32 channels, of which a lane has eight, and every
// few products of a tile.
struct Share {
  int first_channel, lane_channel;
  int first_product, products_apart;
  __device__ explicit Share(int groups) {
    const int warp = int(threadIdx.x) / lanes;
    first_channel = (int(blockIdx.y) * groups + warp % groups) * warp_channels;
    lane_channel = first_channel + int(threadIdx.x) % 4 * 8;
    first_product = warp / groups;
    products_apart = warps / groups;
  }
};

// What was activated, product after product and tile after tile: a lane copies and reads its own.
class Activated {
 public:
  static constexpr size_t bytes = size_t(stages) * 2 * block_threads * sizeof(Chunk);

  __device__ Activated(const LastLayerGradientRun& run, const Tiles& tiles, const Share& share,
                       uint8_t* ring)
      : run_(run),
        tiles_(tiles),
        share_(share),
        ring_(reinterpret_cast<Chunk*>(ring) + threadIdx.x),
        number_(int(blockIdx.x)),
        product_(share.first_product),
        tile_(run.layer.input, tiles, number_, share.lane_channel) {}

  __device__ void begin() { UNROLL for (int i = 0; i + 1 < stages; ++i) start(); }

  // The next product's two pixels, while those after them are on their way.
  __device__ void next(Chunk (&pixels)[2]) {
    start();
    wait_copies<stages - 1>();
    UNROLL for (int lower = 0; lower < 2; ++lower) {
      pixels[lower] = load_shared(slot(lower));  // the oldest, which is overwritten next
    }
  }

 private:
  __device__ Chunk* slot(int lower) const {
    return ring_ + (started_ % stages * 2 + lower) * block_threads;
  }

  // The copies of a product, a group.
  __device__ void start() {
    const int y = lane_row(product_), x = lane_column(product_);
    UNROLL for (int lower = 0; lower < 2; ++lower) {
      copy_async(slot(lower), run_.input + tile_.at(y, x + 8 * lower), tile_.has(y, x + 8 * lower));
    }
    commit_copies();
    ++started_;
    product_ += share_.products_apart;
    if (product_ < products) return;
    product_ = share_.first_product;
    number_ += int(gridDim.x);
    tile_ = LaneTile(run_.layer.input, tiles_, number_, share_.lane_channel);
  }

  const LastLayerGradientRun& run_;
  const Tiles& tiles_;
  const Share& share_;
  Chunk* const ring_;
  int number_, product_;  // of the next copies
  LaneTile tile_;
  unsigned started_ = 0;
};

// One warp's share of a tile; `sums` are those of what it stores.
template <int stride, bool bent>
__device__ void multiply_tile(const LastLayerGradientRun& run, const Kernels& kernels,
                              const Four* patch, const LaneTile& tile, const Share& share,
                              Activated& activated, Eight& sums) {
  const int lane = int(threadIdx.x) % lanes;
  for (int product = share.first_product; product < products; product += share.products_apart) {
    const int y = lane_row(product), x = lane_column(product);
    const Four* const pixel =
        patch + (stride * y + lane % 4 / 2) * Patch<stride>::pitch + stride * x + lane % 2 * 2;
    float product_sums[4][4] = {};
    UNROLL for (int half = 0; half < 2; ++half) {
      const Four* const row = pixel + 2 * half * Patch<stride>::pitch;
      kernels.multiply(half, load_taps<stride>(row), load_taps<stride>(row + stride * 8),
                       product_sums);
    }
    Chunk outputs[2];
    if constexpr (bent) activated.next(outputs);
    UNROLL for (int lower = 0; lower < 2; ++lower) {
      if (!tile.has(y, x + 8 * lower)) continue;
      Eight values;
      UNROLL for (int i = 0; i < 8; ++i) values.at[i] = product_sums[i / 2][2 * lower + i % 2];
      if constexpr (bent) {
        pass_activation(run.activation, run.slope, values_of(outputs[lower]), values);
        UNROLL for (int i = 0; i < 8; ++i) sums.at[i] += values.at[i];
      }
      put(run.destination + tile.at(y, x + 8 * lower), !bent && run.add, values);
    }
  }
}

// A warp's sums of its 32 channels, of which four lanes have eight each.
__device__ void stage_sums(Eight sums, float* staged) {
  const int lane = int(threadIdx.x) % lanes;
  UNROLL for (int apart = 4; apart < lanes; apart *= 2) {
    UNROLL for (int i = 0; i < 8; ++i) sums.at[i] += exchange(sums.at[i], apart);
  }
  if (lane >= 4) return;
  store_shared(reinterpret_cast<Eight*>(staged + int(threadIdx.x) / lanes * warp_channels) + lane,
               sums);
}

// The sums of a tile, of those that its warps have staged.
__device__ void write_sums(const LastLayerGradientRun& run, int number, int groups,
                           const float* staged) {
  const int stored = stored_channels(run.layer.input.channels), width = groups * warp_channels;
  const int mine = int(threadIdx.x), channel = int(blockIdx.y) * width + mine;
  if (mine >= width || channel >= stored) return;
  float total = 0;
  for (int from = mine; from < warps * warp_channels; from += width) {
    total += load_shared(staged + from);
  }
  run.partial[size_t(number) * stored + channel] = total;
}

template <int stride, bool bent>
__global__ void __launch_bounds__(block_threads, blocks_on_multiprocessor)
    gather_gradient(const __grid_constant__ LastLayerGradientRun run,
                    const __grid_constant__ Tiles tiles, int groups) {
  const Share share(groups);
  Activated activated(run, tiles, share, block_memory());
  if constexpr (bent) activated.begin();
  Four* const patches = reinterpret_cast<Four*>(block_memory() + (bent ? Activated::bytes : 0));
  float* const staged = reinterpret_cast<float*>(patches + 2 * Patch<stride>::size);
  Pixels<stride> pixels;
  int number = int(blockIdx.x), half = 0;  // of what is in shared memory twice
  pixels.load(run, Tile(tiles, number));
  const Kernels kernels(run, share.first_channel);
  for (; number < tiles.count; half = 1 - half) {
    Four* const patch = patches + half * Patch<stride>::size;
    pixels.store(patch);  // who reads the tile before the last has not passed the last barrier
    __syncthreads();
    const int last = number - int(gridDim.x), next = number + int(gridDim.x);
    if (next < tiles.count) pixels.load(run, Tile(tiles, next));
    if (bent && last >= 0) write_sums(run, last, groups, staged + (1 - half) * block_threads);
    Eight sums = {};
    multiply_tile<stride, bent>(run, kernels, patch,
                                LaneTile(run.layer.input, tiles, number, share.lane_channel), share,
                                activated, sums);
    if constexpr (bent) stage_sums(sums, staged + half * block_threads);
    number = next;
  }
  if constexpr (bent) {
    wait_copies<0>();  // of what lies past the last tile
    __syncthreads();
    write_sums(run, number - int(gridDim.x), groups, staged + (1 - half) * block_threads);
  }
}

template <int stride>
void launch_gradient(DeviceStream& stream, const LastLayerGradientRun& run) {
  const int all = (run.layer.input.channels + warp_channels - 1) / warp_channels;
  int groups = 1;  // of channels that a block has: the warps are shared out evenly
  while (groups < all && groups < warps) groups *= 2;
  const Tiles tiles = tiles_of(run.layer, run.n);
  const int blocks_at_once = blocks_on_multiprocessor * stream.multiprocessors();
  const int rounds = (tiles.count + blocks_at_once - 1) / blocks_at_once;
  const bool bent = run.input;
  const size_t patches = size_t(2) * Patch<stride>::size * sizeof(Four);
  launch(
      stream, "last layer's gradient by input",
      {.grid = {unsigned((tiles.count + rounds - 1) / rounds),
                unsigned((all + groups - 1) / groups)},
       .block = {block_threads},
       .shared_bytes = patches + (bent ? Activated::bytes + 2 * block_threads * sizeof(float) : 0)},
      bent ? gather_gradient<stride, true> : gather_gradient<stride, false>, run, tiles, groups);
}

}  // namespace

int last_layer_gradient_parts(const LastLayer& layer) { return tiles_of(layer, 1).count; }

void run_last_layer_gradient(DeviceStream& stream, const LastLayerGradientRun& run) {
  assert(!run.input || (!run.add && run.partial));
  if (run.layer.stride == 2) {
    launch_gradient<2>(stream, run);
  } else {
    launch_gradient<1>(stream, run);
  }
}

}  // namespace limpid::cuda
