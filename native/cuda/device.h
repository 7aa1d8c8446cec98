// What GPUs offer, without a type of CUDA's. Two files fulfil it: device.cpp real GPUs,
// emulation/device.cpp two in this machine's memory, for tests: 0 with the products
// of warpgroups, 1 without.
//
// Calls throw Error in words when the GPU fails: out of memory, with both figures; gone; whatever
// else the driver says, with the place.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

struct CUstream_st;
struct CUgraphExec_st;

namespace limpid::cuda {

// The GPUs that can be used, counted from 0 in the driver's order.
int device_count();
std::string device_absence();                // why there is none, in one sentence; "" if there is
std::string device_description(int device);  // "NVIDIA H200, 141 GB, compute capability 9.0"

// What follows in this thread is asked of that GPU: all of the below, and launches. Things that
// were made on one GPU are used on that one.
void use_device(int device);
size_t total_device_bytes();
size_t free_device_bytes();  // at this moment; other programs take of them too

// Memory of the GPU's. Its first values are anything.
class DeviceMemory {
 public:
  DeviceMemory() = default;  // none
  explicit DeviceMemory(size_t bytes);
  ~DeviceMemory();
  DeviceMemory(DeviceMemory&& other) noexcept;
  DeviceMemory& operator=(DeviceMemory&& other) noexcept;
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  size_t bytes() const { return bytes_; }
  template <class T>
  T* at(size_t byte = 0) const {
    return reinterpret_cast<T*>(static_cast<char*>(memory_) + byte);
  }

 private:
  void* memory_ = nullptr;
  size_t bytes_ = 0;
};

// Work of the GPU's in the order in which it is asked for.
class DeviceStream {
 public:
  DeviceStream();
  ~DeviceStream();
  DeviceStream(const DeviceStream&) = delete;
  DeviceStream& operator=(const DeviceStream&) = delete;

  void upload(void* device, const void* host, size_t bytes);    // host is free again afterwards,
                                                                // the copy still to come
  void download(void* host, const void* device, size_t bytes);  // waits for all work before it
  void clear(void* device, size_t bytes);                       // zero bytes
  void copy(void* to, const void* from, size_t bytes);          // on the device
  // What `work` asks for comes after all before it, and beside what is asked for until join(). What
  // it points at must last until then. One at a time.
  void beside(const std::function<void()>& work);
  void join();
  bool has_warpgroups() const { return has_warpgroups_; }  // Hopper's products, warpgroup.h
  int multiprocessors() const { return multiprocessors_; }
  CUstream_st* handle() const { return handle_; }

 private:
  class Staging;  // what uploads wait in
  class Branch;   // what goes on beside
  std::unique_ptr<Staging> staging_;
  CUstream_st* handle_ = nullptr;
  std::unique_ptr<Branch> branch_;
  const bool has_warpgroups_;
  const int multiprocessors_;
};

// A download under way while the caller goes on.
class Download {
 public:
  explicit Download(size_t bytes);  // at most
  ~Download();
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;

  void begin(DeviceStream& stream, const void* device, size_t bytes);
  void finish(void* host);  // waits for it, and for the work before it

 private:
  class Arrival;
  std::unique_ptr<Arrival> arrival_;
};

// Launches that are recorded and then replayed as one: from run to run they may differ by what lies
// in the GPU's memory only.
class Graph {
 public:
  Graph() = default;
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  void run(DeviceStream& stream, const std::function<void()>& launches);

 private:
  void record(DeviceStream& stream, const std::function<void()>& launches);

  bool launched_ = false;
  CUgraphExec_st* recorded_ = nullptr;
};

}  // namespace limpid::cuda
