// Max pooling, nearest upsampling and their gradients: one thread for eight channels of a coarse
// pixel and its four fine ones.
#include "native/cuda/resampling.h"

#include <cassert>

#include "native/cuda/eight.h"

namespace limpid::cuda {
namespace {

// Where eight channels of a coarse pixel lie, and those of its four fine pixels.
struct Window {
  size_t coarse;
  size_t fine[4];
};

// Of this thread.
__device__ Window window_of(Shape shape) {
  const unsigned thread = unsigned(thread_number()), width = unsigned(shape.width);
  const unsigned eights = unsigned(stored_channels(shape.channels)) / 8;
  const unsigned pixel = thread / eights, channel = thread % eights * 8;
  const size_t row = pixel / width, x = pixel % width;  // rows of all pictures
  const size_t stored = eights * 8;
  Window window = {.coarse = pixel * stored + channel, .fine = {}};
  for (int j = 0; j < 4; ++j) {
    window.fine[j] = ((2 * row + j / 2) * 2 * width + 2 * x + j % 2) * stored + channel;
  }
  return window;
}

// A number of 32 bits, which divides fast.
size_t windows(Shape shape, int n) {
  const size_t count = n * stored_values(shape) / 8;
  assert(count <= UINT32_MAX - 256);
  return count;
}

template <class T>
__global__ void pool_windows(Shape shape, size_t count, const T* fine, T* coarse,
                             uint8_t* winners) {
  if (thread_number() >= count) return;
  const Window window = window_of(shape);
  Eight best = load_eight(fine + window.fine[0]);
  Winners winner = {};
  for (int j = 1; j < 4; ++j) {
    const Eight other = load_eight(fine + window.fine[j]);
    for (int i = 0; i < 8; ++i) {
      if (!(other.at[i] > best.at[i])) continue;
      best.at[i] = other.at[i];
      winner.at[i] = uint8_t(j);
    }
  }
  store_eight(coarse + window.coarse, best);
  if (winners) *reinterpret_cast<Winners*>(winners + window.coarse) = winner;
}

template <class T>
__global__ void unpool_windows(const __grid_constant__ ResamplingGradient<T> run, size_t count,
                               const uint8_t* winners) {
  if (thread_number() >= count) return;
  const Window window = window_of(run.shape);
  const Eight gradient = load_eight(run.output_gradient + window.coarse);
  const Winners winner = *reinterpret_cast<const Winners*>(winners + window.coarse);
  for (int j = 0; j < 4; ++j) {
    Eight part;
    for (int i = 0; i < 8; ++i) part.at[i] = winner.at[i] == j ? gradient.at[i] : 0;
    put(run.input_gradient + window.fine[j], run.add, part);
  }
}

template <class T>
__global__ void spread_pixels(Shape shape, size_t count, const T* coarse, T* fine) {
  if (thread_number() >= count) return;
  const Window window = window_of(shape);
  const Eight values = load_eight(coarse + window.coarse);
  for (int j = 0; j < 4; ++j) store_eight(fine + window.fine[j], values);
}

template <class T>
__global__ void add_windows(const __grid_constant__ ResamplingGradient<T> run, size_t count) {
  if (thread_number() >= count) return;
  const Window window = window_of(run.shape);
  Eight sum = {};
  for (int j = 0; j < 4; ++j) {
    const Eight part = load_eight(run.output_gradient + window.fine[j]);
    for (int i = 0; i < 8; ++i) sum.at[i] += part.at[i];
  }
  put(run.input_gradient + window.coarse, run.add, sum);
}

}  // namespace

template <class T>
void max_pool(DeviceStream& stream, Shape shape, int n, const T* fine, T* coarse,
              uint8_t* winners) {
  const size_t count = windows(shape, n);
  launch(stream, "max pool", each(count), pool_windows<T>, shape, count, fine, coarse, winners);
}
template <class T>
void upsample(DeviceStream& stream, Shape shape, int n, const T* coarse, T* fine) {
  const size_t count = windows(shape, n);
  launch(stream, "upsampling", each(count), spread_pixels<T>, shape, count, coarse, fine);
}
template <class T>
void max_pool_gradient(DeviceStream& stream, const ResamplingGradient<T>& run,
                       const uint8_t* winners) {
  const size_t count = windows(run.shape, run.n);
  launch(stream, "max pool gradient", each(count), unpool_windows<T>, run, count, winners);
}
template <class T>
void upsample_gradient(DeviceStream& stream, const ResamplingGradient<T>& run) {
  const size_t count = windows(run.shape, run.n);
  launch(stream, "upsampling gradient", each(count), add_windows<T>, run, count);
}

template void max_pool(DeviceStream&, Shape, int, const float*, float*, uint8_t*);
template void max_pool(DeviceStream&, Shape, int, const Bf16*, Bf16*, uint8_t*);
template void upsample(DeviceStream&, Shape, int, const float*, float*);
template void upsample(DeviceStream&, Shape, int, const Bf16*, Bf16*);
template void max_pool_gradient(DeviceStream&, const ResamplingGradient<float>&, const uint8_t*);
template void max_pool_gradient(DeviceStream&, const ResamplingGradient<Bf16>&, const uint8_t*);
template void upsample_gradient(DeviceStream&, const ResamplingGradient<float>&);
template void upsample_gradient(DeviceStream&, const ResamplingGradient<Bf16>&);

}  // namespace limpid::cuda
