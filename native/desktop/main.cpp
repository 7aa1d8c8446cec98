// limpid-desktop [pictures, folders or a model file]: the front end in a window.
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "core/ui/front_end.h"
#include "native/desktop/platform.h"
#include "native/desktop/window.h"

namespace limpid {
namespace {

// Between looks at what the work has to tell, while nothing moves and no input comes.
constexpr double idle_s = 0.1;
// Frames that are drawn after input, for what fades or follows it.
constexpr int frames_after_input = 3;

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void run(const std::vector<std::string>& files) {
  Window window({});
  DesktopPlatform platform;
  FrontEnd front_end(platform);
  platform.attach(front_end);
  if (!files.empty()) front_end.add_files(files);
  for (int frames = frames_after_input;; --frames) {
    std::vector<std::string> dropped;
    const bool waits = frames <= 0 && !front_end.is_busy();
    if (!window.handle_input(waits ? idle_s : 0, dropped)) break;
    if (!dropped.empty()) front_end.add_files(dropped);
    if (frames <= 0) frames = frames_after_input;
    platform.poll();
    front_end.prepare(window.scale());
    window.begin_frame();
    front_end.frame(seconds());
    window.end_frame();
  }
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
