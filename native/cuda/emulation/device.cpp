// A GPU's memory and streams, emulated: fresh memory is not a number, and what lies beside an
// allocation must stay as it was.
#include "native/cuda/device.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

#include "core/error.h"
#include "native/cuda/emulation/emulation.h"

namespace limpid::cuda {
namespace {

constexpr size_t guard_bytes = 4096;  // before and after, more than a tile's row
constexpr int filling = 0xFF;

thread_local int used = 0;

emulation::Requests requests_so_far;
int requests_left = -1;  // less than 0: any number

void note(int emulation::Requests::*kind) {
  if (requests_left == 0) throw Error("the GPU stopped working: it is gone (emulated)");
  if (requests_left > 0) --requests_left;
  ++(requests_so_far.*kind);
}

// A stream's handle tells where it was made.
CUstream_st* handle_of(int device) { return reinterpret_cast<CUstream_st*>(intptr_t(device + 1)); }

bool is_untouched(const uint8_t* guard) {
  return std::all_of(guard, guard + guard_bytes, [](uint8_t byte) { return byte == filling; });
}

}  // namespace

int device_count() { return 2; }
std::string device_absence() { return ""; }
std::string device_description(int device) {
  return "emulated GPU " + std::to_string(device) + ", this machine's memory";
}
void use_device(int device) { used = device; }
size_t total_device_bytes() { return SIZE_MAX; }
size_t free_device_bytes() { return SIZE_MAX; }

DeviceMemory::DeviceMemory(size_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
  note(&emulation::Requests::allocations);
  const size_t rounded = (bytes + 127) / 128 * 128;
  uint8_t* memory = static_cast<uint8_t*>(std::aligned_alloc(128, rounded + 2 * guard_bytes));
  if (!memory) throw Error("the emulated GPU has no " + std::to_string(bytes) + " bytes");
  std::memset(memory, filling, rounded + 2 * guard_bytes);
  memory_ = memory + guard_bytes;
}

DeviceMemory::~DeviceMemory() {
  if (!memory_) return;
  uint8_t* memory = static_cast<uint8_t*>(memory_);
  if (!is_untouched(memory - guard_bytes) || !is_untouched(memory + bytes_)) {
    std::fprintf(stderr, "a kernel wrote beside an allocation of %zu bytes\n", bytes_);
    std::abort();
  }
  std::free(memory - guard_bytes);
}

DeviceMemory::DeviceMemory(DeviceMemory&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

DeviceMemory& DeviceMemory::operator=(DeviceMemory&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

class DeviceStream::Staging {};
// At once or as late as may be: in the order in which blocks run.
class DeviceStream::Branch {
 public:
  std::function<void()> waiting;
};
DeviceStream::DeviceStream()
    : handle_(handle_of(used)),
      branch_(std::make_unique<Branch>()),
      has_warpgroups_(used == 0),
      multiprocessors_(2) {}
DeviceStream::~DeviceStream() = default;
void DeviceStream::upload(void* device, const void* host, size_t bytes) {
  emulation::request(*this, &emulation::Requests::uploads);
  std::memcpy(device, host, bytes);
}
void DeviceStream::download(void* host, const void* device, size_t bytes) {
  emulation::request(*this, &emulation::Requests::downloads);
  std::memcpy(host, device, bytes);
}
void DeviceStream::clear(void* device, size_t bytes) {
  emulation::request(*this, &emulation::Requests::launches);
  std::memset(device, 0, bytes);
}
void DeviceStream::copy(void* to, const void* from, size_t bytes) {
  emulation::request(*this, &emulation::Requests::launches);
  std::memmove(to, from, bytes);
}

void DeviceStream::beside(const std::function<void()>& work) {
  if (branch_->waiting) throw std::logic_error("two branches of a stream at a time");
  if (emulation::order() == emulation::Order::descending) {
    branch_->waiting = work;
  } else {
    work();
  }
}
void DeviceStream::join() {
  if (branch_->waiting) std::exchange(branch_->waiting, nullptr)();
}

emulation::Requests emulation::requests() { return requests_so_far; }
void emulation::vanish_after(int most) { requests_left = most; }

void emulation::request(const DeviceStream& stream, int Requests::*kind) {
  if (stream.handle() != handle_of(used)) {
    throw std::logic_error("a stream of one GPU is used while another one is chosen");
  }
  note(kind);
}

class Download::Arrival {
 public:
  std::vector<uint8_t> bytes;
};
Download::Download(size_t bytes) : arrival_(std::make_unique<Arrival>()) {
  arrival_->bytes.reserve(bytes);
}
Download::~Download() = default;
void Download::begin(DeviceStream& stream, const void* device, size_t bytes) {
  if (bytes > arrival_->bytes.capacity()) throw std::logic_error("a download larger than planned");
  arrival_->bytes.resize(bytes);
  stream.download(arrival_->bytes.data(), device, bytes);
}
void Download::finish(void* host) {
  std::memcpy(host, arrival_->bytes.data(), arrival_->bytes.size());
}

Graph::~Graph() = default;
void Graph::run(DeviceStream& stream, const std::function<void()>& launches) {
  emulation::request(stream, &emulation::Requests::graphs);
  launches();
}

}  // namespace limpid::cuda
