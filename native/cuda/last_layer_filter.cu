// Gradient by kernel of a transposed convolution to few channels: input channels x pixels times
// pixels x (16 taps x 4 channels). A block has one part of a picture, some of its rows, and up to
// 256 channels; it goes through rows 32 pixels at a time, copies of the input four such rounds
// ahead, the output's gradient that a row gathers one row ahead, four channels a pixel.
#include <cassert>

#include "native/cuda/eight.h"
#include "native/cuda/filter_gradient.h"
#include "native/cuda/last_layer.h"

namespace limpid::cuda {
namespace {

constexpr int warps = 8, lanes = 32;
constexpr int block_threads = warps * lanes;
constexpr int warp_channels = 32;
constexpr int round_pixels = 32, strip_pixels = 128;
constexpr int stages = 4;
constexpr int patch_rows = 4, patch_cols = 2 * (strip_pixels - 1) + 4;
constexpr int patch_pixels = patch_rows * patch_cols;
constexpr int pixels_of_thread = (patch_pixels + block_threads - 1) / block_threads;

struct alignas(8) Four {  // channels of a pixel
  uint32_t words[2];
};
struct alignas(8) Two {
  float at[2];
};

struct Cut {
  int parts = 1, strips = 1;  // of a picture's rows, of its columns
  int columns = 0;            // of a part's sums
};

template <int groups>
constexpr int stage_chunks = round_pixels* groups* warp_channels / 8;

template <int groups>
constexpr size_t shared_bytes = stages* stage_chunks<groups> * sizeof(Chunk) +
                                2 * patch_pixels * sizeof(Four);

// Where a block is: rows of a strip, strip by strip.
struct Place {
  int strip = 0, row = 0, round = 0;
};

// `groups`: of 32 channels that a block has; the warps of a group share out the taps.
template <int groups>
class FilterProducts {
 public:
  __device__ FilterProducts(const LastLayerFilterRun& run, const Cut& cut)
      : run_(run),
        cut_(cut),
        lane_(int(threadIdx.x) % lanes),
        group_(int(threadIdx.x) / lanes / (warps / groups)),
        first_tile_(int(threadIdx.x) / lanes % (warps / groups) * groups) {
    const int height = run.layer.input.height, part = int(blockIdx.y);
    first_row_ = int(int64_t(height) * part / cut.parts);
    end_row_ = int(int64_t(height) * (part + 1) / cut.parts);
    copied_.row = first_row_;
    stages_ = reinterpret_cast<Chunk*>(block_memory());
    patches_ = reinterpret_cast<Four*>(stages_ + stages * stage_chunks<groups>);
  }

  __device__ void go() {
    if (first_row_ < end_row_) multiply_rows();
    write();
  }

 private:
  __device__ void multiply_rows() {
    for (int stage = 0; stage < stages - 1; ++stage) copy_input(stage);
    Place place{.row = first_row_};
    Four ahead[pixels_of_thread];
    load_gradient(place, ahead);
    int patch = 0, stage = 0;
    while (place.strip < cut_.strips) {
      // Nobody reads this patch any more: a barrier of the row before was after the last that did.
      store_gradient(patch, ahead);
      Place next = place;
      next_row(next);
      load_gradient(next, ahead);
      for (int round = 0; round < rounds(place.strip); ++round) {
        wait_copies<stages - 2>();
        __syncthreads();
        copy_input((stage + stages - 1) % stages);
        multiply(stage, patch, round);
        stage = (stage + 1) % stages;
      }
      patch = 1 - patch;
      place = next;
    }
    wait_copies<0>();
  }

  __device__ int rounds(int strip) const {
    const int left = run_.layer.input.width - strip * strip_pixels;
    return ((left < strip_pixels ? left : strip_pixels) + round_pixels - 1) / round_pixels;
  }
  __device__ void next_row(Place& place) const {
    if (++place.row < end_row_) return;
    place.row = first_row_;
    ++place.strip;
  }

  // The next round's, one group of copies: a row of channels for each pixel.
  __device__ void copy_input(int stage) {
    constexpr int row_chunks = groups * warp_channels / 8;
    const Shape& shape = run_.layer.input;
    const int chunk = int(threadIdx.x) % row_chunks;
    const int channel = (int(blockIdx.x) * row_chunks + chunk) * 8;
    const int stored = stored_channels(shape.channels);
    const size_t row = size_t(blockIdx.z) * shape.height + copied_.row;
    UNROLL for (int i = 0; i < stage_chunks<groups> / block_threads; ++i) {
      const int pixel = (int(threadIdx.x) + i * block_threads) / row_chunks;
      const int x = copied_.strip * strip_pixels + copied_.round * round_pixels + pixel;
      const bool inside = copied_.strip < cut_.strips && x < shape.width && channel < stored;
      const size_t at = (row * shape.width + x) * stored + channel;
      copy_async(stages_ + stage * stage_chunks<groups> + input_at(pixel, chunk),
                 run_.input + (inside ? at : 0), inside);
    }
    commit_copies();
    if (++copied_.round < rounds(copied_.strip)) return;
    copied_.round = 0;
    next_row(copied_);
  }

  // Eight pixels' same channels lie in different banks.
  __device__ static int input_at(int pixel, int chunk) {
    return pixel * (groups * warp_channels / 8) + (chunk ^ (pixel & 7));
  }

  __device__ void load_gradient(const Place& place, Four (&pixels)[pixels_of_thread]) const {
    const Shape& shape = run_.layer.output;
    const Bf16* const picture =
        run_.gradient + size_t(blockIdx.z) * shape.height * shape.width * stored_channels(3);
    UNROLL for (int i = 0; i < pixels_of_thread; ++i) {
      const int at = int(threadIdx.x) + i * block_threads;
      const int y = 2 * place.row - 1 + at / patch_cols;
      const int x = 2 * place.strip * strip_pixels - 1 + at % patch_cols;
      pixels[i] = {};
      if (place.strip >= cut_.strips || at >= patch_pixels || y < 0 || y >= shape.height || x < 0 ||
          x >= shape.width) {
        continue;
      }
      pixels[i] = *reinterpret_cast<const Four*>(picture + (size_t(y) * shape.width + x) *
                                                               stored_channels(3));
    }
  }
  __device__ void store_gradient(int patch, const Four (&pixels)[pixels_of_thread]) {
    UNROLL for (int i = 0; i < pixels_of_thread; ++i) {
      const int at = int(threadIdx.x) + i * block_threads;
      if (at < patch_pixels) store_shared(patches_ + patch * patch_pixels + at, pixels[i]);
    }
  }

  // Two neighbouring taps of a row are 16 bytes, one row of a matrix, at every second column.
  __device__ void multiply(int stage, int patch, int round) {
    const Chunk* const input = stages_ + stage * stage_chunks<groups>;
    const Four* const gradient = patches_ + patch * patch_pixels + 2 * round * round_pixels;
    const int first = lane_ % 8, second = lane_ / 8 % 2, third = lane_ / 16;
    UNROLL for (int k = 0; k < round_pixels; k += 16) {
      uint32_t channels[2][4];
      UNROLL for (int i = 0; i < 2; ++i) {
        const int chunk = (group_ * warp_channels + 16 * i) / 8 + second;
        load_matrices_transposed(channels[i], input + input_at(k + first + 8 * third, chunk));
      }
      UNROLL for (int j = 0; j < groups; j += 2) {
        const int row = (first_tile_ + j) / 2, column = 2 * (k + first + 8 * second + third);
        uint32_t taps[4];
        load_matrices_transposed(taps, gradient + row * patch_cols + column);
        UNROLL for (int i = 0; i < 2; ++i) {
          multiply_add_bf16(sums_[i][j], channels[i], taps);
          multiply_add_bf16(sums_[i][j + 1], channels[i], taps + 2);
        }
      }
    }
  }

  __device__ void write() const {
    const int all = run_.layer.input.channels;
    const size_t part = size_t(blockIdx.z) * cut_.parts + blockIdx.y;
    UNROLL for (int i = 0; i < 2; ++i) {
      UNROLL for (int lower = 0; lower < 2; ++lower) {
        const int channel =
            (int(blockIdx.x) * groups + group_) * warp_channels + 16 * i + 8 * lower + lane_ / 4;
        if (channel >= all) continue;
        UNROLL for (int j = 0; j < groups; ++j) {
          const int tap = 2 * (first_tile_ + j) + lane_ % 4 / 2;
          const size_t at =
              (part * all + channel) * cut_.columns + tap * stored_channels(3) + lane_ % 2 * 2;
          const float* const sum = &sums_[i][j][2 * lower];
          *reinterpret_cast<Two*>(run_.partial + at) = {{sum[0], sum[1]}};
        }
      }
    }
  }

  const LastLayerFilterRun& run_;
  const Cut& cut_;
  const int lane_, group_, first_tile_;  // of two taps x four channels
  int first_row_, end_row_;
  Place copied_;
  Chunk* stages_;
  Four* patches_;
  float sums_[2][groups][4] = {};
};

template <int groups>
__global__ void __launch_bounds__(block_threads, 2)
    multiply_last(const __grid_constant__ LastLayerFilterRun run, const __grid_constant__ Cut cut) {
  FilterProducts<groups>(run, cut).go();
}

template <int groups>
void launch_filter(DeviceStream& stream, const LastLayerFilterRun& run, const Cut& cut) {
  const int channels = groups * warp_channels;
  launch(stream, "last layer's gradient by kernel",
         {.grid = {unsigned((run.layer.input.channels + channels - 1) / channels),
                   unsigned(cut.parts), unsigned(run.n)},
          .block = {block_threads},
          .shared_bytes = shared_bytes<groups>},
         multiply_last<groups>, run, cut);
}

}  // namespace

void run_last_layer_filter(DeviceStream& stream, const LastLayerFilterRun& run) {
  const Shape& input = run.layer.input;
  assert(run.layer.stride == 2);
  const Connection connection{
      .coarse = input, .fine = run.layer.output, .kernel = 4, .stride = 2, .pad = 1};
  Cut cut{.strips = (input.width + strip_pixels - 1) / strip_pixels,
          .columns = 16 * stored_channels(run.layer.output.channels)};
  cut.parts = int(filter_partial_floats(connection, 1) / (size_t(input.channels) * cut.columns));
  if (input.channels <= 64) {
    launch_filter<2>(stream, run, cut);
  } else if (input.channels <= 128) {
    launch_filter<4>(stream, run, cut);
  } else {
    launch_filter<8>(stream, run, cut);
  }
}

}  // namespace limpid::cuda
