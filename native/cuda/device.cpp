#include "native/cuda/device.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "core/error.h"
#include "native/cuda/check.h"

namespace limpid::cuda {

void check(cudaError_t code, const char* what) {
  if (code == cudaSuccess) return;
  cudaGetLastError();  // it is told here, and not once more at the next launch
  const std::string where = std::string(" (") + what + ": " + cudaGetErrorName(code) + ")";
  switch (code) {
    case cudaErrorMemoryAllocation: throw Error("the GPU has not enough free memory" + where);
    case cudaErrorNoDevice: throw Error("there is no NVIDIA GPU in this machine" + where);
    case cudaErrorInsufficientDriver:
      throw Error("the NVIDIA driver is missing, or older than this program" + where);
    case cudaErrorDevicesUnavailable:
      throw Error("another program keeps the GPU to itself, or it is gone" + where);
    case cudaErrorNoKernelImageForDevice:
      throw Error("this program has no code for this GPU, which is older than sm_80" + where);
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchFailure:
    case cudaErrorLaunchTimeout:
    case cudaErrorUnknown:  // such as one that has fallen off the bus
      throw Error(std::string("the GPU stopped working: ") + cudaGetErrorString(code) + where);
    default: throw Error(std::string("the GPU failed: ") + cudaGetErrorString(code) + where);
  }
}

namespace {

constexpr int least_major = 8;  // sm_80

int attribute(cudaDeviceAttr which, int index) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, which, index), "asking the GPU what it is");
  return value;
}

struct Found {
  std::vector<int> usable;  // as the driver counts them
  std::string absence;      // why there is none of them
};

Found look() {
  Found found;
  try {
    int count = 0;
    check(cudaGetDeviceCount(&count), "looking for a GPU");
    found.absence = "there is no NVIDIA GPU in this machine";
    for (int i = 0; i < count; ++i) {
      const int major = attribute(cudaDevAttrComputeCapabilityMajor, i);
      if (major >= least_major) {
        found.usable.push_back(i);
        continue;
      }
      cudaDeviceProp properties;
      check(cudaGetDeviceProperties(&properties, i), "asking the GPU what it is");
      found.absence = std::string("the GPU is an ") + properties.name + " of compute capability " +
                      std::to_string(major) + "." + std::to_string(properties.minor) + "; " +
                      std::to_string(least_major) + ".0 is the least that is supported";
    }
    if (!found.usable.empty()) found.absence.clear();
  } catch (const Error& error) {
    found = {{}, error.what()};
  }
  return found;
}

const Found& devices() {
  static const Found found = look();
  return found;
}

}  // namespace

int device_count() { return int(devices().usable.size()); }
std::string device_absence() { return devices().absence; }

std::string device_description(int device) {
  cudaDeviceProp properties;
  check(cudaGetDeviceProperties(&properties, devices().usable[device]),
        "asking the GPU what it is");
  return std::string(properties.name) + ", " +
         std::to_string(properties.totalGlobalMem / 1'000'000'000) + " GB, compute capability " +
         std::to_string(properties.major) + "." + std::to_string(properties.minor);
}

void use_device(int device) { check(cudaSetDevice(devices().usable[device]), "choosing the GPU"); }

namespace {

struct DeviceBytes {
  size_t free = 0, total = 0;
};

DeviceBytes device_bytes() {
  DeviceBytes bytes;
  check(cudaMemGetInfo(&bytes.free, &bytes.total), "asking for free memory");
  return bytes;
}

}  // namespace

size_t total_device_bytes() { return device_bytes().total; }
size_t free_device_bytes() { return device_bytes().free; }

DeviceMemory::DeviceMemory(size_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
  const cudaError_t code = cudaMalloc(&memory_, bytes);
  if (code == cudaSuccess) return;
  memory_ = nullptr;
  cudaGetLastError();  // the failure is told below, not at the next launch
  if (code != cudaErrorMemoryAllocation) check(code, "asking for memory");
  const auto [free, total] = device_bytes();
  throw Error("the GPU has not enough memory: " + std::to_string(bytes) + " bytes are needed, " +
              std::to_string(free) + " of " + std::to_string(total) + " are free");
}

DeviceMemory::~DeviceMemory() { cudaFree(memory_); }

DeviceMemory::DeviceMemory(DeviceMemory&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

DeviceMemory& DeviceMemory::operator=(DeviceMemory&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

namespace {

struct PinnedMemory {
  explicit PinnedMemory(size_t bytes) {
    const cudaError_t code = cudaMallocHost(&at, bytes);
    if (code == cudaErrorMemoryAllocation) {
      cudaGetLastError();
      throw Error("this machine has not enough memory that a GPU can copy from: " +
                  std::to_string(bytes) + " bytes are needed");
    }
    check(code, "pinning memory");
  }
  ~PinnedMemory() { cudaFreeHost(at); }
  PinnedMemory(const PinnedMemory&) = delete;
  void* at = nullptr;
};

struct Event {
  Event() { check(cudaEventCreateWithFlags(&handle, cudaEventDisableTiming), "making an event"); }
  ~Event() { cudaEventDestroy(handle); }
  Event(const Event&) = delete;
  cudaEvent_t handle = nullptr;
};

}  // namespace

// Pinned memory in parts that are used in turn. From pinned memory the GPU copies by itself, while
// the caller goes on; so he runs ahead by as many uploads as there are parts.
class DeviceStream::Staging {
 public:
  void upload(char* device, const char* host, size_t bytes, cudaStream_t stream) {
    for (size_t n; bytes > 0; device += n, host += n, bytes -= n) {
      const size_t i = next_++ % parts;
      void* const part = static_cast<char*>(memory_.at) + i * part_bytes;
      n = std::min(bytes, part_bytes);
      check(cudaEventSynchronize(copied_[i].handle), "the work before an upload");
      std::memcpy(part, host, n);
      check(cudaMemcpyAsync(device, part, n, cudaMemcpyHostToDevice, stream), "upload");
      check(cudaEventRecord(copied_[i].handle, stream), "upload");
    }
  }

  // As many parts arrive as there are while others are copied on.
  void download(char* host, const char* device, size_t bytes, cudaStream_t stream) {
    const size_t count = (bytes + part_bytes - 1) / part_bytes, first = next_;
    for (size_t begun = 0, done = 0; done < count; ++done) {
      for (; begun < count && begun < done + parts; ++begun) {
        const size_t i = next_++ % parts, at = begun * part_bytes;
        check(cudaMemcpyAsync(static_cast<char*>(memory_.at) + i * part_bytes, device + at,
                              std::min(bytes - at, part_bytes), cudaMemcpyDeviceToHost, stream),
              "download");
        check(cudaEventRecord(copied_[i].handle, stream), "download");
      }
      const size_t i = (first + done) % parts, at = done * part_bytes;
      check(cudaEventSynchronize(copied_[i].handle), "the work before a download");
      std::memcpy(host + at, static_cast<char*>(memory_.at) + i * part_bytes,
                  std::min(bytes - at, part_bytes));
    }
  }

 private:
  static constexpr size_t parts = 8;
  static constexpr size_t part_bytes = 1 << 20;
  PinnedMemory memory_{parts * part_bytes};
  std::array<Event, parts> copied_;  // out of each part, or into it
  size_t next_ = 0;
};

namespace {

// Of this thread's GPU.
int own_attribute(cudaDeviceAttr which) {
  int device = 0;
  check(cudaGetDevice(&device), "asking which GPU is used");
  return attribute(which, device);
}

}  // namespace

// Events order the two streams, also where both are recorded into a graph.
class DeviceStream::Branch {
 public:
  Branch() { check(cudaStreamCreateWithFlags(&handle_, cudaStreamNonBlocking), "making a stream"); }
  ~Branch() {
    cudaStreamSynchronize(handle_);
    cudaStreamDestroy(handle_);
  }
  Branch(const Branch&) = delete;

  void begin(cudaStream_t after) {
    check(cudaEventRecord(begun_.handle, after), "going on in two streams");
    check(cudaStreamWaitEvent(handle_, begun_.handle, 0), "going on in two streams");
  }
  void join(cudaStream_t to) {
    check(cudaEventRecord(done_.handle, handle_), "joining two streams");
    check(cudaStreamWaitEvent(to, done_.handle, 0), "joining two streams");
  }
  // Exchanges it and the stream's: launches go where the stream's handle says.
  void exchange(CUstream_st*& handle) { std::swap(handle_, handle); }

 private:
  cudaStream_t handle_ = nullptr;
  Event begun_, done_;
};

DeviceStream::DeviceStream()
    : staging_(std::make_unique<Staging>()),
      branch_(std::make_unique<Branch>()),
      has_warpgroups_(LIMPID_HOPPER && own_attribute(cudaDevAttrComputeCapabilityMajor) == 9),
      multiprocessors_(own_attribute(cudaDevAttrMultiProcessorCount)) {
  check(cudaStreamCreateWithFlags(&handle_, cudaStreamNonBlocking), "making a stream");
}

DeviceStream::~DeviceStream() {
  branch_.reset();
  cudaStreamSynchronize(handle_);  // before what it copies from is gone
  cudaStreamDestroy(handle_);
}

void DeviceStream::upload(void* device, const void* host, size_t bytes) {
  staging_->upload(static_cast<char*>(device), static_cast<const char*>(host), bytes, handle_);
}

void DeviceStream::download(void* host, const void* device, size_t bytes) {
  staging_->download(static_cast<char*>(host), static_cast<const char*>(device), bytes, handle_);
}

void DeviceStream::clear(void* device, size_t bytes) {
  check(cudaMemsetAsync(device, 0, bytes, handle_), "clear");
}

void DeviceStream::copy(void* to, const void* from, size_t bytes) {
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, handle_), "copy");
}

void DeviceStream::beside(const std::function<void()>& work) {
  branch_->begin(handle_);
  branch_->exchange(handle_);
  try {
    work();
  } catch (...) {
    branch_->exchange(handle_);
    throw;
  }
  branch_->exchange(handle_);
}

void DeviceStream::join() { branch_->join(handle_); }

class Download::Arrival {
 public:
  explicit Arrival(size_t bytes) : memory_(bytes) {}

  void begin(const void* device, size_t bytes, cudaStream_t stream) {
    bytes_ = bytes;
    check(cudaMemcpyAsync(memory_.at, device, bytes, cudaMemcpyDeviceToHost, stream), "download");
    check(cudaEventRecord(arrived_.handle, stream), "download");
  }
  void finish(void* host) {
    check(cudaEventSynchronize(arrived_.handle), "the work before a download");
    std::memcpy(host, memory_.at, bytes_);
  }

 private:
  PinnedMemory memory_;
  Event arrived_;
  size_t bytes_ = 0;
};

Download::Download(size_t bytes) : arrival_(std::make_unique<Arrival>(bytes)) {}
Download::~Download() = default;
void Download::begin(DeviceStream& stream, const void* device, size_t bytes) {
  arrival_->begin(device, bytes, stream.handle());
}
void Download::finish(void* host) { arrival_->finish(host); }

Graph::~Graph() {
  if (recorded_) cudaGraphExecDestroy(recorded_);
}

// Kernels are loaded when they are first launched, which a recording need not survive: so the first
// time only launches them.
void Graph::run(DeviceStream& stream, const std::function<void()>& launches) {
  if (!launched_) {
    launches();
    launched_ = true;
    return;
  }
  if (!recorded_) record(stream, launches);
  check(cudaGraphLaunch(recorded_, stream.handle()), "replaying a graph");
}

void Graph::record(DeviceStream& stream, const std::function<void()>& launches) {
  cudaGraph_t graph = nullptr;
  check(cudaStreamBeginCapture(stream.handle(), cudaStreamCaptureModeThreadLocal), "recording");
  try {
    launches();
  } catch (...) {
    cudaStreamEndCapture(stream.handle(), &graph);
    if (graph) cudaGraphDestroy(graph);
    throw;
  }
  check(cudaStreamEndCapture(stream.handle(), &graph), "recording");
  const cudaError_t made = cudaGraphInstantiate(&recorded_, graph, 0);
  cudaGraphDestroy(graph);
  check(made, "making a graph");
}

}  // namespace limpid::cuda
