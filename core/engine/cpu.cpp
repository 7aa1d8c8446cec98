#include "core/engine/cpu.h"

#include <string>

#include "core/engine/cpu_network.h"
#include "core/engine/cpu_tiles.h"
#include "core/engine/limits.h"
#include "core/engine/vector_kernels.h"

namespace limpid {
namespace {

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

  TileRule tile_rule(const Model& model) const override { return cpu_tile_rule(model); }

  std::unique_ptr<Network> prepare(const Model& model, const Limits& limits) override {
    std::unique_ptr<CpuNetwork> network = plan(model, limits);
    check_memory(model, limits, network->memory_bytes(), "the CPU engine");
    network->allocate();
    return network;
  }

 private:
  static std::unique_ptr<CpuNetwork> plan(const Model& model, const Limits& limits) {
    check_size(model, limits);
    return std::make_unique<CpuNetwork>(model, limits);
  }
};

}  // namespace

std::unique_ptr<Engine> make_cpu_engine() { return std::make_unique<CpuEngine>(); }

}  // namespace limpid
