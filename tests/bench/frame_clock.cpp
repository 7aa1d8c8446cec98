// Preloaded into the window by the script `window`: when the program ends, writes to LIMPID_FRAMES
// how many ms after LIMPID_STARTED_NS (since 1970) the first frame was handed to the screen, how
// many there were, and the median and 99th percentile of how long the program took to make one
// (from the first look for input after the frame before; not the wait for input).
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

union SDL_Event;
struct SDL_Window;

namespace {

double now_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(since).count();
}

struct Frames {
  double first_ms = 0, begun_ms = 0;
  std::vector<double> lengths;

  ~Frames() {
    const char* file = std::getenv("LIMPID_FRAMES");
    std::FILE* out = file && !lengths.empty() ? std::fopen(file, "w") : nullptr;
    if (!out) return;
    std::sort(lengths.begin(), lengths.end());
    std::fprintf(out, "%.0f %zu %.1f %.1f\n", first_ms, lengths.size(), lengths[lengths.size() / 2],
                 lengths[lengths.size() * 99 / 100]);
    std::fclose(out);
  }
};
Frames frames;

}  // namespace

extern "C" int SDL_WaitEventTimeout(SDL_Event* event, int timeout) {
  static const auto real =
      reinterpret_cast<int (*)(SDL_Event*, int)>(dlsym(RTLD_NEXT, "SDL_WaitEventTimeout"));
  const int result = real(event, timeout);
  frames.begun_ms = now_ms();
  return result;
}

extern "C" void SDL_GL_SwapWindow(SDL_Window* window) {
  static const auto real =
      reinterpret_cast<void (*)(SDL_Window*)>(dlsym(RTLD_NEXT, "SDL_GL_SwapWindow"));
  real(window);
  const double now = now_ms();
  if (frames.first_ms == 0) {
    const char* started = std::getenv("LIMPID_STARTED_NS");
    frames.first_ms = now - (started ? std::atof(started) / 1e6 : 0);
  } else {
    frames.lengths.push_back(now - frames.begun_ms);
  }
}
