// limpid bench: how fast this machine is.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <thread>

#include "core/engine/limits.h"
#include "core/model/summary.h"
#include "core/noise/philox.h"
#include "native/cli/commands.h"
#include "native/cli/compute_options.h"
#include "native/cli/interrupt.h"
#include "native/cli/model_argument.h"
#include "native/cli/option_values.h"
#include "native/cli/progress.h"
#include "native/cli/usage_error.h"
#include "native/report/scores.h"

namespace limpid {

namespace {

constexpr const char* description =
    R"(Measure how fast this machine restores pictures and learns from them.

Of each case the median time of a call, pictures a second, billions of operations a second (those of
the model as it stands: 2 for a multiply-add; learning counts three times restoring), and the memory
that the network holds, in MiB. Engines that take pictures to their device also learn from there.)";

constexpr const char* examples = R"(Examples:
  limpid bench
  limpid bench --model classroom --size 64 --threads 1 --json)";

struct Options {
  std::string model = "article";
  int size = 256;
  int batch = 1;
  double seconds = 5;
  std::string only;  // one case; "": all
  ComputeOptions compute;
  bool json = false;
};

struct Case {
  std::string name;
  double median_ms = 0;
  double pictures_per_s = 0;
  double gflops = 0;
  double peak_mib = 0;
};

// Of at least three calls, or as many as `seconds` allow; the first one only warms up. With 0
// seconds there is one call alone: what a profiler is to see, before a GPU's work is recorded as a
// graph. 0 when interrupted.
double median_ms(double seconds, const std::function<void()>& call) {
  using Clock = std::chrono::steady_clock;
  if (seconds > 0) call();
  std::vector<double> ms;
  const Clock::time_point end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                                   std::chrono::duration<double>(seconds));
  const size_t least = seconds > 0 ? 3 : 1;
  while ((ms.size() < least || Clock::now() < end) && !interrupted()) {
    const Clock::time_point start = Clock::now();
    call();
    ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  if (ms.empty()) return 0;
  std::nth_element(ms.begin(), ms.begin() + ptrdiff_t(ms.size() / 2), ms.end());
  return ms[ms.size() / 2];
}

enum class Work { denoise, train, train_held };

struct Kind {
  Work work;
  const char* option;
  const char* name;
  int passes;  // as much work as so many times restoring
};
constexpr Kind kinds[] = {{Work::denoise, "denoise", "denoise", 1},
                          {Work::train, "train", "train", 3},
                          {Work::train_held, "held", "train, pictures held,", 3}};

// The pictures of a call, all different.
struct CallPictures {
  CallPictures(int n, Shape shape) : clean(n * shape.count(), 0.5f), noisy(clean), restored(clean) {
    for (size_t i = 0; i < noisy.size(); ++i) {
      noisy[i] = uniform(uint32_t(i) * 2654435761u);  // Knuth's multiplicative hash
    }
    for (int i = 0; i < n; ++i) {
      samples.push_back({.noise = placed({.strength = 0.4f}, {.picture = uint32_t(i)})});
    }
  }
  std::vector<float> clean, noisy, restored;
  std::vector<Sample> samples;  // of a data set of one picture
};

// Nothing when the engine does not do such work.
std::optional<Case> measure(Engine& engine, const Model& model, const Options& options,
                            const Kind& kind) {
  const int n = options.batch, size = options.size;
  const std::unique_ptr<Network> network =
      engine.prepare(model, {.height = size,
                             .width = size,
                             .batch = n,
                             .training = kind.work != Work::denoise,
                             .threads = options.compute.threads});
  State state;
  state.weights = initial_weights(model, 1);
  network->write(state);
  const Shape shape = {size, size, model.channels};
  CallPictures pictures(n, shape);
  const ConstBatch in(n, shape, pictures.noisy), target(n, shape, pictures.clean);
  int calls = 1;
  std::function<void()> call = [&] { network->denoise(in, {n, shape, pictures.restored}); };
  if (kind.work == Work::train) {
    call = [&] {
      network->accumulate(in, target, {});
      network->update({});
    };
  } else if (kind.work == Work::train_held) {
    Image image(size, size, model.channels);
    image.pixels.assign(pictures.noisy.begin(), pictures.noisy.begin() + ptrdiff_t(image.count()));
    const Raster held = to_raster(image, 255);
    const Raster* const data_set[] = {&held};
    if (!network->hold(data_set)) return std::nullopt;
    if (options.seconds > 0) calls = 16;  // one alone would be mostly waiting for its loss
    call = [&] {
      for (int i = 0; i < calls; ++i) {
        network->accumulate_samples(pictures.samples, {});
        network->update({});
      }
      network->losses();
    };
  }
  Case result = {.name = std::string(kind.name) + " " + model.name + " " + std::to_string(size) +
                         "x" + std::to_string(size)};
  result.median_ms = median_ms(options.seconds, call) / calls;
  if (result.median_ms <= 0) return result;
  const double flops = double(summarize(model, size, size).flops);
  result.pictures_per_s = 1000 * n / result.median_ms;
  result.gflops = flops * n * kind.passes / result.median_ms * 1e-6;
  result.peak_mib = double(network->memory_bytes()) / (1 << 20);
  return result;
}

int run(const Options& options, const EngineList& engines) {
  const Model model = any_model(options.model).model;
  asked([&] { check_size(model, {.height = options.size, .width = options.size}); });
  const std::unique_ptr<Engine> engine = make_engine(engines, options.compute.engine);
  Json cases = Json::array();
  std::fprintf(stderr, "%s: %s\n", engine->name().c_str(), engine->describe().c_str());
  if (!options.json) {
    std::printf("%-40s %11s %11s %9s %9s\n", "case", "median ms", "pictures/s", "GFLOP/s", "MiB");
  }
  for (const Kind& kind : kinds) {
    if (!options.only.empty() && options.only != kind.option) continue;
    const std::optional<Case> measured = measure(*engine, model, options, kind);
    if (interrupted()) return interrupted_status();
    if (!measured && !options.only.empty()) {
      throw UsageError("--only " + options.only + ": " + engine->name() +
                       " does not take pictures to a device");
    }
    if (!measured) continue;
    const Case& result = *measured;
    cases.push_back({{"name", result.name},
                     {"median_ms", result.median_ms},
                     {"pictures_per_s", result.pictures_per_s},
                     {"gflops", result.gflops},
                     {"peak_mib", result.peak_mib}});
    if (options.json) continue;
    std::printf("%-40s %11.2f %11.2f %9.1f %9.1f\n", result.name.c_str(), result.median_ms,
                result.pictures_per_s, result.gflops, result.peak_mib);
    std::fflush(stdout);
  }
  const int threads = options.compute.threads > 0 ? options.compute.threads
                                                  : int(std::thread::hardware_concurrency());
  const Json all = {{"engine", engine->name()}, {"threads", threads}, {"cases", cases}};
  if (options.json) std::printf("%s\n", line_of(all).c_str());
  return 0;
}

}  // namespace

void add_bench_command(CLI::App& app, const EngineList& engines, Job& job) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("bench", description);
  command.footer(examples);
  command
      .add_option("--model", options->model,
                  "A preset, a network that comes along, FILE.json or a model file")
      ->type_name("MODEL")
      ->capture_default_str();
  command.add_option("--size", options->size, "Side of the picture, in pixels")
      ->transform(whole_in(1, 16384))
      ->type_name("PIXELS")
      ->capture_default_str();
  command.add_option("--batch", options->batch, "Pictures in a call; a GPU takes them at once")
      ->transform(whole_in(1, 4096))
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--seconds", options->seconds,
                  "Time for each case; 0: one call alone, for profilers")
      ->check(real_in(0, 3600))
      ->type_name("S")
      ->capture_default_str();
  std::vector<std::string> names;
  for (const Kind& kind : kinds) names.push_back(kind.option);
  command
      .add_option("--only", options->only, "One case: denoise, train, or held: pictures held there")
      ->check(CLI::IsMember(names))
      ->type_name("CASE");
  options->compute.add_engine_to(command, engines);
  command.add_flag("--json", options->json, json_help);
  command.callback(
      [options, &engines, &job] { job = [options, &engines] { return run(*options, engines); }; });
}

}  // namespace limpid
