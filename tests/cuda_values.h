// Pictures and kernels to, and pictures from, the memory of the emulated GPU.
#pragma once

#include <vector>

#include "native/cuda/device.h"
#include "native/cuda/packing.h"
#include "native/cuda/value.h"

namespace limpid::cuda {

template <class T>
std::vector<float> floats_of(const DeviceMemory& memory, Shape shape, int n) {
  const size_t count = n * stored_values(shape);
  DeviceStream stream;
  const DeviceMemory wide(count * sizeof(float)), pictures(n * shape.count() * sizeof(float));
  widen(stream, count, memory.at<const T>(), wide.at<float>());
  take_pictures(stream, shape, n, wide.at<const float>(), pictures.at<float>());
  std::vector<float> values(n * shape.count());
  stream.download(values.data(), pictures.at<float>(), values.size() * sizeof(float));
  return values;
}

inline DeviceMemory uploaded(const std::vector<float>& values) {
  DeviceMemory memory(values.size() * sizeof(float));
  DeviceStream().upload(memory.at<float>(), values.data(), memory.bytes());
  return memory;
}

template <class T>
DeviceMemory stored(const std::vector<float>& pictures, Shape shape, int n) {
  DeviceStream stream;
  DeviceMemory memory(n * stored_values(shape) * sizeof(T));
  store_pictures(stream, shape, n, uploaded(pictures).at<const float>(), memory.at<T>());
  return memory;
}

template <class T>
void pack(DeviceStream& stream, const PackingJob<T>& job) {
  const DeviceMemory memory(PackingTable<T>::bytes(job.packing));
  PackingTable<T> table;
  table.place(stream, {job}, memory.at<std::byte>());
  table.pack(stream);
}

}  // namespace limpid::cuda
