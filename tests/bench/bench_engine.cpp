// What the CPU engine does on this machine: networks whole, and each layer beside the arithmetic
// limit, which is measured here too.
//   bench_engine [--benchmark_filter=denoise/article] [--benchmark_format=json]
// Names are <what>/<network>/<side of the picture>/<threads> and
// <network>/<layer>.<pass>/<threads>.
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/engine/arena.h"
#include "core/engine/convolution.h"
#include "core/engine/cpu.h"
#include "core/engine/filter_gradient.h"
#include "core/model/plan.h"
#include "core/model/presets.h"
#include "core/model/summary.h"

namespace limpid {
namespace {

constexpr double mebibyte = 1 << 20;

std::vector<float> gray(size_t count) { return std::vector<float>(count + buffer_slack, 0.5f); }

std::unique_ptr<Network> network_for(const Model& model, int side, int threads, bool training) {
  auto network = make_cpu_engine()->prepare(
      model, {.height = side, .width = side, .batch = 4, .training = training, .threads = threads});
  State state;
  state.weights = initial_weights(model, 1);
  network->write(state);
  return network;
}

void report(benchmark::State& state, const Network& network, double pictures) {
  state.counters["pictures_per_s"] =
      benchmark::Counter(pictures * double(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["network_mib"] = double(network.memory_bytes()) / mebibyte;
}

void denoise(benchmark::State& state, const Model& model, int side, int threads) {
  const auto network = network_for(model, side, threads, false);
  const Shape shape{side, side, 3};
  std::vector<float> picture = gray(shape.count());
  const Batch batch{1, shape, std::span(picture).first(shape.count())};
  for (auto _ : state) network->denoise(batch, batch);
  report(state, *network, 1);
}

// A step with a batch of four: four pictures there and back, one update.
void train(benchmark::State& state, const Model& model, int side, int threads) {
  const auto network = network_for(model, side, threads, true);
  const Shape shape{side, side, 3};
  const std::vector<float> pictures = gray(4 * shape.count());
  const ConstBatch batch{4, shape, std::span(pictures).first(4 * shape.count())};
  int64_t step = 0;
  for (auto _ : state) {
    network->accumulate(batch, batch, {});
    network->update({.step = ++step, .learning_rate = 0, .gradient_scale = 0.25f});
  }
  report(state, *network, 4);
}

// Multiply-adds of one core that depend on nothing but registers, in GFLOP/s.
void multiply_add(benchmark::State& state) {
  using Vector = float __attribute__((vector_size(64)));
  constexpr int chains = 20, rounds = 10000;
  Vector sums[chains] = {};
  const Vector factor = Vector{} + 0.999f, term = Vector{} + 1e-3f;
  for (auto _ : state) {
    for (int i = 0; i < rounds; ++i) {
#pragma GCC unroll 20
      for (Vector& sum : sums) sum = sum * factor + term;
    }
    benchmark::DoNotOptimize(sums);
  }
  state.counters["gflops"] = benchmark::Counter(
      2e-9 * 16 * chains * rounds * double(state.iterations()), benchmark::Counter::kIsRate);
}

struct LayerBench {
  std::string name;
  ConvolutionShape shape;
  double gflop = 0;  // of each pass
};

LayerBench layer_bench(const Model& model, const Step& step) {
  ConvolutionShape shape{.transposed = step.kind == LayerKind::transposed_conv,
                         .input = step.input,
                         .output = step.output,
                         .kernel = step.kernel,
                         .stride = step.stride,
                         .pad = step.pad,
                         .negative = 0,
                         .pooled = step.pooled};
  if (step.pooled) shape.output.height *= 2, shape.output.width *= 2;
  const Shape& coarse = shape.transposed ? shape.input : shape.output;
  const double pixels = double(coarse.height) * coarse.width;
  return {model.layers[step.layer].name, shape,
          2e-9 * pixels * step.kernel * step.kernel * shape.input.channels * shape.output.channels};
}

void report_rate(benchmark::State& state, const LayerBench& layer) {
  state.counters["gflops"] =
      benchmark::Counter(layer.gflop * double(state.iterations()), benchmark::Counter::kIsRate);
}

void run_convolution(benchmark::State& state, const LayerBench& layer,
                     const ConvolutionShape& shape, int threads) {
  ThreadPool pool(threads);
  const size_t kernel =
      size_t(shape.output.channels) * shape.kernel * shape.kernel * shape.input.channels;
  const auto convolution = make_convolution(shape, threads);
  convolution->load(pool, std::vector<float>(kernel, 0.01f),
                    std::vector<float>(size_t(shape.output.channels), 0.0f));
  const std::vector<float> input = gray(shape.input.count());
  std::vector<float> output = gray(shape.output.count());
  std::vector<float> scratch = gray(convolution->scratch_floats());
  std::vector<uint8_t> winners(shape.output.count());
  for (auto _ : state) {
    convolution->run(pool, {.input = input.data(),
                            .output = output.data(),
                            .winners = shape.pooled ? winners.data() : nullptr,
                            .scratch = scratch.data()});
  }
  report_rate(state, layer);
}

void run_filter_gradient(benchmark::State& state, const LayerBench& layer, int threads) {
  const ConvolutionShape& shape = layer.shape;
  ThreadPool pool(threads);
  const auto gradient = make_filter_gradient(shape);
  const std::vector<float> input = gray(shape.input.count());
  const std::vector<float> output_gradient = gray(shape.output.count());
  std::vector<float> sum(size_t(shape.output.channels) * shape.kernel * shape.kernel *
                         shape.input.channels);
  std::vector<float> scratch = gray(gradient->scratch_floats());
  for (auto _ : state) {
    gradient->run(pool, input.data(), output_gradient.data(), sum.data(), scratch.data());
  }
  report_rate(state, layer);
}

template <class Run>
void add(const std::string& name, const Run& run) {
  benchmark::RegisterBenchmark(name.c_str(), run)
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime()
      ->MeasureProcessCPUTime();
}

void add_networks(int threads) {
  const std::string end = std::string("/").append(std::to_string(threads));
  const std::map<std::string, std::vector<int>> sides = {{"article", {64, 256, 512}},
                                                         {"classroom", {64, 256, 512}},
                                                         {"fast", {256}},
                                                         {"photo", {256}}};
  for (const auto& [name, of_it] : sides) {
    for (int side : of_it) {
      const Model model = preset(name);
      const std::string where = "/" + name + "/" + std::to_string(side) + end;
      add("denoise" + where, [=](benchmark::State& s) { denoise(s, model, side, threads); });
      add("train" + where, [=](benchmark::State& s) { train(s, model, side, threads); });
    }
  }
}

void add_layers(const std::string& network, int threads) {
  const std::string end = std::string("/").append(std::to_string(threads));
  const Model model = preset(network);
  for (const Step& step : lower(model, {256, 256, 3}, Purpose::train).steps) {
    if (step.kind != LayerKind::conv && step.kind != LayerKind::transposed_conv) continue;
    const LayerBench layer = layer_bench(model, step);
    const std::string name = network + "/" + layer.name;
    add(name + ".forward" + end,
        [=](benchmark::State& s) { run_convolution(s, layer, layer.shape, threads); });
    if (step.inputs[0] != 0) {
      add(name + ".input_gradient" + end, [=](benchmark::State& s) {
        run_convolution(s, layer, input_gradient_shape(layer.shape), threads);
      });
    }
    add(name + ".filter_gradient" + end,
        [=](benchmark::State& s) { run_filter_gradient(s, layer, threads); });
  }
}

}  // namespace
}  // namespace limpid

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  limpid::add("limit/1", limpid::multiply_add);
  for (int threads : {1, 2}) {
    limpid::add_networks(threads);
    for (const char* network : {"article", "fast", "photo", "deep"})
      limpid::add_layers(network, threads);
  }
  benchmark::RunSpecifiedBenchmarks();
}
