// Sums and concatenations with their activation, and their gradients: one thread for eight channels
// of a pixel.
#include "native/cuda/joining.h"

#include <cassert>

#include "native/cuda/eight.h"

namespace limpid::cuda {
namespace {

// Zero past the last channel, which an activation need not leave so.
__device__ void clear_past(int channels, int channel, Eight& values) {
  for (int i = 0; i < 8; ++i) {
    if (channel + i >= channels) values.at[i] = 0;
  }
}

// Eight channels from any channel on; zero past the last.
template <class T>
__device__ Eight load_channels(const T* pixel, int channels, int channel) {
  Eight values = {};
  if (channel % 8 == 0) {
    values = load_eight(pixel + channel);
    clear_past(channels, channel, values);
    return values;
  }
  for (int i = 0; i < 8; ++i) {
    if (channel + i < channels) values.at[i] = to_float(pixel[channel + i]);
  }
  return values;
}

constexpr int sum_threads = 256;
template <class T>
constexpr int sums_of_thread = sizeof(T) == 2 ? 2 : 1;  // a block's threads apart

// Two inputs at a time: their loads are under way together.
template <class T>
__global__ void __launch_bounds__(sum_threads, 6)
    add_all(const __grid_constant__ JoiningRun<T> run, unsigned count) {
  constexpr int sums_at_once = sums_of_thread<T>;
  const unsigned first = blockIdx.x * (sum_threads * sums_at_once) + threadIdx.x;
  Eight sums[sums_at_once] = {};
  for (int j = 0; j < run.count; j += 2) {
    StoredEight<T> loaded[2][sums_at_once] = {};
    UNROLL for (int input = 0; input < 2; ++input) {
      UNROLL for (int u = 0; u < sums_at_once; ++u) {
        const unsigned i = first + u * sum_threads;
        if (i >= count || j + input >= run.count) continue;
        loaded[input][u] = load_stored(run.inputs[j + input] + size_t(i) * 8);
      }
    }
    UNROLL for (int input = 0; input < 2; ++input) {
      UNROLL for (int u = 0; u < sums_at_once; ++u) {
        const Eight values = values_of(loaded[input][u]);
        for (int k = 0; k < 8; ++k) sums[u].at[k] += values.at[k];
      }
    }
  }
  const unsigned eights = unsigned(stored_channels(run.shape.channels)) / 8;
  UNROLL for (int u = 0; u < sums_at_once; ++u) {
    const unsigned i = first + u * sum_threads;
    if (i >= count) continue;
    activate(run.activation, run.slope, sums[u]);
    if (run.shape.channels % 8 != 0) {
      clear_past(run.shape.channels, int(i % eights) * 8, sums[u]);
    }
    if (run.wide_output) {
      store_eight(run.wide_output + size_t(i) * 8, sums[u]);
    } else {
      store_eight(run.output + size_t(i) * 8, sums[u]);
    }
  }
}

// The output's channels: those of the input that the first of them is of, then of those behind it.
template <class T>
__global__ void put_beside(const __grid_constant__ JoiningRun<T> run, unsigned count) {
  const unsigned i = unsigned(thread_number());
  if (i >= count) return;
  const unsigned eights = unsigned(stored_channels(run.shape.channels)) / 8;
  const size_t pixel = i / eights;
  int channel = int(i % eights) * 8, j = 0;
  while (channel >= run.channels[j]) channel -= run.channels[j++];
  Eight values = {};
  if (channel % 8 == 0 && channel + 8 <= run.channels[j]) {
    values = load_eight(run.inputs[j] + pixel * stored_channels(run.channels[j]) + channel);
  } else {
    for (int k = 0; k < 8; ++k, ++channel) {
      while (j < run.count && channel >= run.channels[j]) channel -= run.channels[j++];
      if (j == run.count) break;
      values.at[k] = to_float(run.inputs[j][pixel * stored_channels(run.channels[j]) + channel]);
    }
  }
  activate(run.activation, run.slope, values);
  clear_past(run.shape.channels, int(i % eights) * 8, values);
  store_eight(run.output + size_t(i) * 8, values);
}

template <class T>
__global__ void share_gradient(const __grid_constant__ JoiningGradient<T> run, unsigned count) {
  const unsigned i = unsigned(thread_number());
  if (i >= count) return;
  Eight gradient = load_eight(run.output_gradient + size_t(i) * 8);
  if (run.activation != Activation::linear) {
    pass_activation(run.activation, run.slope, load_eight(run.output + size_t(i) * 8), gradient);
  }
  for (int j = 0; j < run.count; ++j) {
    if (run.input_gradients[j]) put(run.input_gradients[j] + size_t(i) * 8, run.adds[j], gradient);
  }
}

// Threads follow a pixel's inputs, one after the other, each rounded up to eight channels.
template <class T>
__global__ void split_gradient(const __grid_constant__ JoiningGradient<T> run, unsigned eights,
                               unsigned count) {
  const unsigned i = unsigned(thread_number());
  if (i >= count) return;
  const size_t pixel = i / eights;
  int channel = int(i % eights) * 8, first = 0, j = 0;
  while (channel >= stored_channels(run.channels[j])) {
    channel -= stored_channels(run.channels[j]);
    first += run.channels[j++];
  }
  if (!run.input_gradients[j]) return;
  const size_t from = pixel * stored_channels(run.shape.channels);
  const int last = first + run.channels[j];
  Eight gradient = load_channels(run.output_gradient + from, last, first + channel);
  if (run.activation != Activation::linear) {
    pass_activation(run.activation, run.slope,
                    load_channels(run.output + from, last, first + channel), gradient);
  }
  put(run.input_gradients[j] + pixel * stored_channels(run.channels[j]) + channel, run.adds[j],
      gradient);
}

// Of all pictures, of so many channels: a number of 32 bits, which divides fast.
template <class Run>
unsigned eights_of(const Run& run, int channels) {
  const size_t count = size_t(run.n) * run.shape.height * run.shape.width * (channels / 8);
  assert(run.count <= max_joined && count <= UINT32_MAX - 256);
  return unsigned(count);
}
template <class Run>
unsigned eights_of(const Run& run) {
  return eights_of(run, stored_channels(run.shape.channels));
}

}  // namespace

template <class T>
void add_values(DeviceStream& stream, const JoiningRun<T>& run) {
  constexpr unsigned of_block = sum_threads * sums_of_thread<T>;
  const unsigned count = eights_of(run);
  launch(stream, "addition",
         {.grid = {(count + of_block - 1) / of_block}, .block = {unsigned(sum_threads)}},
         add_all<T>, run, count);
}
template <class T>
void concatenate(DeviceStream& stream, const JoiningRun<T>& run) {
  launch(stream, "concatenation", each(eights_of(run)), put_beside<T>, run, eights_of(run));
}

template <class T>
void add_values_gradient(DeviceStream& stream, const JoiningGradient<T>& run) {
  launch(stream, "gradient of an addition", each(eights_of(run)), share_gradient<T>, run,
         eights_of(run));
}
template <class T>
void concatenate_gradient(DeviceStream& stream, const JoiningGradient<T>& run) {
  int channels = 0;
  for (int j = 0; j < run.count; ++j) channels += stored_channels(run.channels[j]);
  const unsigned count = eights_of(run, channels);
  launch(stream, "gradient of a concatenation", each(count), split_gradient<T>, run,
         unsigned(channels / 8), count);
}

template void add_values(DeviceStream&, const JoiningRun<float>&);
template void add_values(DeviceStream&, const JoiningRun<Bf16>&);
template void concatenate(DeviceStream&, const JoiningRun<float>&);
template void concatenate(DeviceStream&, const JoiningRun<Bf16>&);
template void add_values_gradient(DeviceStream&, const JoiningGradient<float>&);
template void add_values_gradient(DeviceStream&, const JoiningGradient<Bf16>&);
template void concatenate_gradient(DeviceStream&, const JoiningGradient<float>&);
template void concatenate_gradient(DeviceStream&, const JoiningGradient<Bf16>&);

}  // namespace limpid::cuda
