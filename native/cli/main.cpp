// The limpid command: what there is, and how its errors end.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "core/engine/cpu.h"
#include "core/engine/reference.h"
#include "core/error.h"
#include "native/cli/commands.h"
#include "native/cli/help.h"
#include "native/cli/interrupt.h"
#include "native/cli/usage_error.h"
#ifdef LIMPID_CUDA
#include "native/cuda/engine.h"
#endif

namespace {

using namespace limpid;

constexpr const char* description =
    "limpid teaches a small convolutional network to remove noise from pictures, and uses it.";

constexpr const char* examples = R"(Examples:
  limpid train photos/ -o runs/first --model classroom --size 64 --noise 0.2
  limpid denoise noisy.png -o clean.png --model runs/first
  limpid evaluate photos/ --model runs/first --noise 0.2 --test-split

Exit status: 0 done; 1 something failed, the message says what; 2 wrong arguments;
130 or 143 stopped by Ctrl-C or SIGTERM.
`limpid COMMAND --help` tells about a command.)";

// On stderr, in one line whatever the text.
int fail(std::string message, int status) {
  std::replace(message.begin(), message.end(), '\n', ' ');
  std::fprintf(stderr, "limpid: %s\n", message.c_str());
  return status;
}

// CLI11's words, but for a command that is missing or unknown.
std::string explanation(const CLI::App& app, const CLI::ParseError& error,
                        const std::string& first) {
  const std::vector<CLI::App*> commands = app.get_subcommands();
  if (!commands.empty()) {
    return error.what() + (" (limpid " + commands.front()->get_name() + " --help tells more)");
  }
  const bool unknown = !first.empty() && first[0] != '-';
  return (unknown ? "no command is called '" + first + "'" : "a command is missing") +
         " (limpid --help lists them)";
}

// The last one first, as CLI11 takes them. Of "[a,b]" it would make the two words a and b, but a
// folder may be called so.
std::vector<std::string> arguments_of(int argc, char** argv) {
  std::vector<std::string> arguments;
  for (int i = argc - 1; i > 0; --i) {
    const std::string word = argv[i];
    const bool is_list = word.size() > 1 && word.front() == '[' && word.back() == ']';
    arguments.push_back(is_list ? "./" + word : word);
  }
  return arguments;
}

int run(const Job& job) {
  try {
    const int status = job();
    errno = 0;
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
    if (errno == EPIPE && interrupted()) return status;
    return fail("cannot write to standard output: " + std::string(std::strerror(errno)), 1);
  } catch (const UsageError& error) {
    return fail(error.what(), 2);
  } catch (const std::exception& error) {  // also what was asked to stop says so by one
    return fail(sentence_of(error), interrupted() ? interrupted_status() : 1);
  }
}

#ifdef LIMPID_CUDA
template <CudaPrecision precision>
EngineEntry cuda_entry(const char* name) {
  return {.name = name,
          .make = [](int device) { return make_cuda_engine(precision, device); },
          .missing = cuda_absence,
          .devices = cuda_devices};
}
#endif

}  // namespace

int main(int argc, char** argv) {
  const EngineList engines = {
#ifdef LIMPID_CPU
      {.name = "cpu", .make = [](int) { return make_cpu_engine(); }},
#else
      {.name = "cpu", .absent = "this limpid was not built with XNNPACK"},
#endif
#ifdef LIMPID_CUDA
      cuda_entry<CudaPrecision::bf16>("cuda"),
      cuda_entry<CudaPrecision::tf32>("cuda-tf32"),
      cuda_entry<CudaPrecision::fp32>("cuda-fp32"),
#else
      {.name = "cuda",
       .absent =
           "this limpid was not built with CUDA; install nvcc 12.5 or later, on the path or in "
           "/usr/local/cuda, and build it again"},
#endif
      {.name = "reference", .make = [](int) { return make_reference_engine(); }},
  };
  CLI::App app(description, "limpid");
  app.formatter(std::make_shared<HelpFormatter>());
  app.footer(examples);
  app.set_version_flag("--version", "limpid " LIMPID_VERSION);
  app.require_subcommand(1);
  Job job;
  add_denoise_command(app, engines, job);
  add_train_command(app, engines, job);
  add_evaluate_command(app, engines, job);
  add_noise_command(app, job);
  add_grid_command(app, engines, job);
  add_maps_command(app, engines, job);
  add_summary_command(app, job);
  add_pack_command(app, job);
  add_bench_command(app, engines, job);
  add_engines_command(app, engines, job);
  try {
    app.parse(arguments_of(argc, argv));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      return run([&] { return app.exit(error); });
    }
    return fail(explanation(app, error, argc > 1 ? argv[1] : ""), 2);
  } catch (const Error& error) {  // an option's value
    return fail(error.what(), 2);
  }
  watch_interrupts();
  return run(job);
}
