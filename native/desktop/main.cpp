// limpid-desktop: the front end in a window.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "core/error.h"
#include "core/image/file.h"
#include "core/ui/controls.h"
#include "core/ui/front_end.h"
#include "native/desktop/platform.h"
#include "native/desktop/window.h"
#include "native/shipped_model.h"

namespace limpid {
namespace {

// Between frames without input: while the work has something to show, and while it has not.
constexpr double busy_s = 0.05, idle_s = 0.25;
// Frames that follow input at once, for what follows from it and what fades.
constexpr int frames_after_input = 4;

constexpr size_t listed_runs = 20;

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

constexpr const char* usage =
    R"(limpid-desktop [--controls FILE] [--] [FILE...]: denoise, and teach, in a window

FILE are pictures, folders of them and models. `limpid` is the same for a shell.

  --controls FILE  FILE tells in JSON what is on the screen and where, for whoever drives the window
                   from outside
  --version        print the version and end
  --help           print this and end
)";

struct Arguments {
  std::string says = {};      // to be printed in place of a window, or empty
  std::string controls = {};  // empty: none
  std::vector<std::string> files = {};
};

Arguments parse(const std::vector<std::string>& words) {
  Arguments arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--help" || word == "-h") return {.says = usage};
    if (word == "--version") return {.says = "limpid-desktop " LIMPID_VERSION "\n"};
    if (word == "--controls") {
      if (++i == words.size()) throw Error("--controls: name the file to write");
      arguments.controls = words[i];
    } else if (word == "--") {
      arguments.files.insert(arguments.files.end(), words.begin() + ptrdiff_t(i) + 1, words.end());
      break;
    } else if (word.starts_with("-")) {
      throw Error(word + ": there is no such option (limpid-desktop --help tells more)");
    } else {
      arguments.files.push_back(word);
    }
  }
  return arguments;
}

void offer_shipped_models(FrontEnd& front_end) {
  for (const std::string name : shipped_models) {
    const auto file = shipped_model(name);
    if (!file) continue;
    std::error_code none;
    if (name == default_model)
      front_end.offer_model(file->string());
    else
      front_end.offer_model_later(file->string(), size_t(std::filesystem::file_size(*file, none)));
  }
}

void run(const Arguments& arguments) {
  std::signal(SIGPIPE, SIG_IGN);  // a clipboard's program that goes early is an error like others
  Window window(stored_place());
  DesktopPlatform platform(window.portal_name());
  FrontEnd front_end(platform);
  platform.attach(front_end);
  offer_shipped_models(front_end);
  front_end.offer_runs(DesktopPlatform::kept_runs(listed_runs));
  if (!arguments.files.empty()) front_end.add_files(arguments.files);
  std::vector<Control> told;
  for (int frames = frames_after_input;; --frames) {
    const bool at_once = frames > 0 || front_end.glides();
    const double wait_s = at_once ? 0 : front_end.is_busy() ? busy_s : idle_s;
    const Window::Input input = window.take_input(wait_s);
    if (input.closes) break;
    if (input.any) frames = frames_after_input;
    if (!input.dropped.empty()) front_end.add_files(input.dropped);
    platform.poll();
    front_end.prepare(window.scale());
    window.begin_frame();
    front_end.frame(seconds());
    platform.draw();
    window.end_frame();
    if (!arguments.controls.empty() && controls() != told) {
      told = controls();
      write_file(arguments.controls, to_json(told));
    }
  }
  store_place(window.place());
}

}  // namespace
}  // namespace limpid

int main(int argc, char** argv) {
  try {
    const limpid::Arguments arguments = limpid::parse({argv + 1, argv + argc});
    if (!arguments.says.empty()) {
      std::fputs(arguments.says.c_str(), stdout);
      return 0;
    }
    limpid::run(arguments);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "limpid-desktop: %s\n", error.what());
    return 1;
  }
}
