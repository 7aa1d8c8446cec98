// limpid-desktop [pictures, folders or a model file]: the front end in a window.
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

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

void run(const std::vector<std::string>& files) {
  Window window(stored_place());
  DesktopPlatform platform;
  FrontEnd front_end(platform);
  platform.attach(front_end);
  if (const auto model = shipped_model(default_model)) front_end.offer_model(model->string());
  front_end.offer_runs(DesktopPlatform::kept_runs(listed_runs));
  if (!files.empty()) front_end.add_files(files);
  for (int frames = frames_after_input;; --frames) {
    const double wait_s = frames > 0 ? 0 : front_end.is_busy() ? busy_s : idle_s;
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
  }
  store_place(window.place());
}

}  // namespace
}  // namespace limpid

int main(int argc, char** argv) {
  try {
    limpid::run({argv + 1, argv + argc});
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "limpid-desktop: %s\n", error.what());
    return 1;
  }
}
