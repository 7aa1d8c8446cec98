#include "core/engine/cpu.h"

#include <string>

#include "core/engine/cpu_network.h"
#include "core/engine/dropout.h"
#include "core/engine/vector_kernels.h"
#include "core/error.h"

namespace limpid {
namespace {

std::string size_of(const Limits& limits) {
  return std::to_string(limits.width) + " x " + std::to_string(limits.height);
}

class CpuEngine : public Engine {
 public:
  std::string name() const override { return "cpu"; }

  std::string describe() const override {
    const int threads = machine_threads();
    return std::string("CPU, ") + vector_kernels().instruction_set + ", " +
           std::to_string(threads) + (threads == 1 ? " thread" : " threads");
  }

  size_t memory_bytes(const Model& model, const Limits& limits) override {
    return plan(model, limits)->memory_bytes();
  }

  std::unique_ptr<Network> prepare(const Model& model, const Limits& limits) override {
    std::unique_ptr<CpuNetwork> network = plan(model, limits);
    const size_t needed = network->memory_bytes();
    if (limits.memory_bytes > 0 && needed > limits.memory_bytes) {
      throw Error("model '" + model.name + "' needs " + std::to_string(needed) +
                  " bytes on the CPU engine at " + size_of(limits) + ", only " +
                  std::to_string(limits.memory_bytes) + " are allowed");
    }
    network->allocate();
    return network;
  }

 private:
  static std::unique_ptr<CpuNetwork> plan(const Model& model, const Limits& limits) {
    const int multiple = size_multiple(model);
    if (limits.width < 1 || limits.height < 1 || limits.width % multiple != 0 ||
        limits.height % multiple != 0) {
      throw Error("model '" + model.name + "' takes pictures whose sides are multiples of " +
                  std::to_string(multiple) + ", not " + size_of(limits));
    }
    const Shape picture{limits.height, limits.width, model.channels};
    if (dropout_position(model, picture, int(model.layers.size())) > max_dropout_values) {
      throw Error("model '" + model.name + "' has more than 2^32 dropout values at " +
                  size_of(limits));
    }
    return std::make_unique<CpuNetwork>(model, limits);
  }
};

}  // namespace

std::unique_ptr<Engine> make_cpu_engine() { return std::make_unique<CpuEngine>(); }

}  // namespace limpid
