#include "native/cuda/engine.h"

#include <algorithm>
#include <cassert>

#include "core/engine/limits.h"
#include "core/error.h"
#include "native/cuda/device.h"
#include "native/cuda/network.h"

namespace limpid {
namespace {

using cuda::Precision;

constexpr int most_pictures = 65'535;  // of a call: a launch's third dimension ends there

template <Precision precision>
class CudaEngine : public Engine {
 public:
  explicit CudaEngine(int device) : device_(device) {}

  std::string name() const override {
    const std::string number = device_ > 0 ? ":" + std::to_string(device_) : "";
    switch (precision) {
      case Precision::fp32: return "cuda-fp32" + number;
      case Precision::tf32: return "cuda-tf32" + number;
      case Precision::bf16: return "cuda" + number;
    }
    return "";
  }

  std::string describe() const override { return cuda::device_description(device_); }

  size_t memory_bytes(const Model& model, const Limits& limits) override {
    return plan(model, limits)->memory_bytes();
  }

  // Pictures run through together, so as many as fit, with room for other programs.
  int best_batch(const Model& model, const Limits& limits) override {
    cuda::use_device(device_);
    const size_t most =
        limits.memory_bytes > 0 ? limits.memory_bytes : cuda::total_device_bytes() / 2;
    Limits some = limits;
    some.batch = std::min(some.batch, most_pictures);
    while (some.batch > 1 && memory_bytes(model, some) > most) some.batch = (some.batch + 1) / 2;
    return some.batch;
  }

  std::unique_ptr<Network> prepare(const Model& model, const Limits& limits) override {
    auto network = plan(model, limits);
    check_memory(model, limits, network->memory_bytes(), "the CUDA engine");
    network->allocate();
    return network;
  }

 private:
  std::unique_ptr<cuda::GpuNetwork<precision>> plan(const Model& model,
                                                    const Limits& limits) const {
    check_size(model, limits);
    return std::make_unique<cuda::GpuNetwork<precision>>(model, limits, device_);
  }

  const int device_;
};

}  // namespace

int cuda_devices() { return cuda::device_count(); }
std::string cuda_absence() { return cuda::device_absence(); }

std::unique_ptr<Engine> make_cuda_engine(CudaPrecision precision, int device) {
  assert(device >= 0);
  const std::string absence = cuda_absence();
  if (!absence.empty()) throw Error(absence);
  if (device >= cuda_devices()) {
    throw Error("there is no GPU " + std::to_string(device) + " in this machine: they are 0 to " +
                std::to_string(cuda_devices() - 1));
  }
  switch (precision) {
    case Precision::fp32: return std::make_unique<CudaEngine<Precision::fp32>>(device);
    case Precision::tf32: return std::make_unique<CudaEngine<Precision::tf32>>(device);
    case Precision::bf16: return std::make_unique<CudaEngine<Precision::bf16>>(device);
  }
  assert(false);
  return nullptr;
}

}  // namespace limpid
