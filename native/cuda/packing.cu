// Kernels folded, scaled, turned and rounded to what convolutions read; pictures spread to stored
// channels and back.
#include "native/cuda/packing.h"

#include "core/model/model.h"
#include "native/cuda/simt.h"

namespace limpid::cuda {
namespace {

int packed_side(const KernelPacking& packing) { return packing.k + (packing.upsampled ? 1 : 0); }

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

template <class T>
__global__ void pack(const __grid_constant__ KernelPacking packing, int side, bool turned,
                     T* packed) {
  const int rows = turned ? packing.in : packing.out;
  const int columns = turned ? packing.out : packing.in;
  const int stored = stored_channels(columns), taps = side * side;
  const size_t j = thread_number();
  if (j >= size_t(rows) * taps * stored) return;
  const int column = int(j % stored), tap = int(j / stored % taps), row = int(j / stored / taps);
  const float value = column >= columns ? 0
                      : turned          ? tap_value(packing, side, column, tap, row)
                                        : tap_value(packing, side, row, tap, column);
  packed[j] = from_float<T>(value);
}

__global__ void shift_bias(const __grid_constant__ KernelPacking packing, float* packed) {
  const int o = int(thread_number());
  if (o >= packing.out) return;
  const Normalization& norm = packing.norm;
  packed[o] = norm.gamma ? (packing.bias[o] - norm.mean[o]) * scale_of(norm, o) + norm.beta[o]
                         : packing.bias[o];
}

template <class T>
__global__ void store_channels(int channels, size_t count, const float* pictures, T* values) {
  const size_t i = thread_number();
  const int stored = stored_channels(channels);
  if (i >= count * stored) return;
  const int channel = int(i % stored);
  values[i] = from_float<T>(channel < channels ? pictures[i / stored * channels + channel] : 0.0f);
}

__global__ void take_channels(int channels, size_t count, const float* values, float* pictures) {
  const size_t i = thread_number();
  if (i >= count * channels) return;
  pictures[i] = values[i / channels * stored_channels(channels) + i % channels];
}

template <class T>
__global__ void widen_values(size_t count, const T* values, float* wide) {
  const size_t i = thread_number();
  if (i < count) wide[i] = to_float(values[i]);
}

size_t pixels_of(Shape shape, int n) { return size_t(n) * shape.height * shape.width; }

}  // namespace

size_t packed_values(const KernelPacking& packing) {
  const size_t taps = size_t(packed_side(packing)) * packed_side(packing);
  return taps * packing.out * stored_channels(packing.in);
}
size_t packed_turned_values(const KernelPacking& packing) {
  const size_t taps = size_t(packed_side(packing)) * packed_side(packing);
  return taps * packing.in * stored_channels(packing.out);
}

template <class T>
void pack_kernel(DeviceStream& stream, const KernelPacking& packing, T* packed) {
  launch(stream, "packing of a kernel", each(packed_values(packing)), pack<T>, packing,
         packed_side(packing), false, packed);
}
template <class T>
void pack_turned_kernel(DeviceStream& stream, const KernelPacking& packing, T* packed) {
  launch(stream, "packing of a turned kernel", each(packed_turned_values(packing)), pack<T>,
         packing, packed_side(packing), true, packed);
}
void pack_bias(DeviceStream& stream, const KernelPacking& packing, float* packed) {
  launch(stream, "packing of a bias", each(size_t(packing.out)), shift_bias, packing, packed);
}

template <class T>
void store_pictures(DeviceStream& stream, Shape shape, int n, const float* pictures, T* values) {
  const size_t pixels = pixels_of(shape, n);
  launch(stream, "storing of pictures", each(pixels * stored_channels(shape.channels)),
         store_channels<T>, shape.channels, pixels, pictures, values);
}
void take_pictures(DeviceStream& stream, Shape shape, int n, const float* values, float* pictures) {
  const size_t pixels = pixels_of(shape, n);
  launch(stream, "taking of pictures", each(pixels * shape.channels), take_channels, shape.channels,
         pixels, values, pictures);
}
template <class T>
void widen(DeviceStream& stream, size_t count, const T* values, float* wide) {
  launch(stream, "widening", each(count), widen_values<T>, count, values, wide);
}

template void pack_kernel(DeviceStream&, const KernelPacking&, float*);
template void pack_kernel(DeviceStream&, const KernelPacking&, Bf16*);
template void pack_turned_kernel(DeviceStream&, const KernelPacking&, float*);
template void pack_turned_kernel(DeviceStream&, const KernelPacking&, Bf16*);
template void store_pictures(DeviceStream&, Shape, int, const float*, float*);
template void store_pictures(DeviceStream&, Shape, int, const float*, Bf16*);
template void widen(DeviceStream&, size_t, const float*, float*);
template void widen(DeviceStream&, size_t, const Bf16*, float*);

}  // namespace limpid::cuda
