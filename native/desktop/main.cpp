// limpid-desktop [--controls FILE] [pictures, folders or a model file]: the front end in a window.
// --controls: FILE tells in JSON what is on the screen and where (core/ui/controls.h), for whoever
// drives the window from outside.
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

struct Arguments {
  std::string controls;  // empty: none
  std::vector<std::string> files;
};

Arguments parse(std::vector<std::string> words) {
  if (words.empty() || words[0] != "--controls") return {.controls = {}, .files = words};
  if (words.size() < 2) throw Error("--controls: name the file to write");
  return {.controls = words[1], .files = {words.begin() + 2, words.end()}};
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
    limpid::run(limpid::parse({argv + 1, argv + argc}));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "limpid-desktop: %s\n", error.what());
    return 1;
  }
}
