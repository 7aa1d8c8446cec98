#include "native/cuda/engine.h"

#include <cassert>

#include "core/engine/limits.h"
#include "core/error.h"
#include "native/cuda/device.h"
#include "native/cuda/network.h"

namespace limpid {
namespace {

using cuda::Precision;

template <Precision precision>
class CudaEngine : public Engine {
 public:
  std::string name() const override {
    switch (precision) {
      case Precision::fp32: return "cuda-fp32";
      case Precision::tf32: return "cuda-tf32";
      case Precision::bf16: return "cuda";
    }
    return "";
  }

  std::string describe() const override { return cuda::device_description(); }

  size_t memory_bytes(const Model& model, const Limits& limits) override {
    return plan(model, limits)->memory_bytes();
  }

  // Pictures run through together, so as many as fit, with room for other programs.
  int best_batch(const Model& model, const Limits& limits) override {
    const size_t most =
        limits.memory_bytes > 0 ? limits.memory_bytes : cuda::total_device_bytes() / 2;
    Limits some = limits;
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
  static std::unique_ptr<cuda::GpuNetwork<precision>> plan(const Model& model,
                                                           const Limits& limits) {
    check_size(model, limits);
    return std::make_unique<cuda::GpuNetwork<precision>>(model, limits);
  }
};

}  // namespace

std::string cuda_absence() { return cuda::device_absence(); }

std::unique_ptr<Engine> make_cuda_engine(CudaPrecision precision) {
  const std::string absence = cuda_absence();
  if (!absence.empty()) throw Error(absence);
  switch (precision) {
    case Precision::fp32: return std::make_unique<CudaEngine<Precision::fp32>>();
    case Precision::tf32: return std::make_unique<CudaEngine<Precision::tf32>>();
    case Precision::bf16: return std::make_unique<CudaEngine<Precision::bf16>>();
  }
  assert(false);
  return nullptr;
}

}  // namespace limpid
