#include "native/desktop/x11.h"

#include <SDL.h>
#include <SDL_syswm.h>

#include <cmath>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>

namespace limpid {

#ifdef SDL_VIDEO_DRIVER_X11

namespace {

// From Xlib, which SDL has loaded already: the program does not ask for it where there is Wayland
// alone.
template <class Function>
Function* of_xlib(void* xlib, const char* name) {
  return reinterpret_cast<Function*>(SDL_LoadFunction(xlib, name));
}

float dpi_of(Display* display, void* xlib) {
  const auto resources = of_xlib<decltype(XResourceManagerString)>(xlib, "XResourceManagerString");
  const auto pixels = of_xlib<decltype(XDisplayHeight)>(xlib, "XDisplayHeight");
  const auto millimetres = of_xlib<decltype(XDisplayHeightMM)>(xlib, "XDisplayHeightMM");
  if (!resources || !pixels || !millimetres) return 0;
  const char* lines = resources(display);
  const std::string text = std::string("\n") + (lines ? lines : "");
  const std::string name = "\nXft.dpi:";
  if (const size_t at = text.find(name); at != std::string::npos) {
    const float dpi = std::strtof(text.c_str() + at + name.size(), nullptr);
    if (dpi > 0) return dpi;
  }
  const int height = millimetres(display, 0);
  const float dpi = height > 0 ? float(pixels(display, 0)) * 25.4f / float(height) : 0;
  return std::abs(dpi - 96) < 1 ? 0 : dpi;  // 96 is what a server says that was told nothing
}

std::optional<SDL_SysWMinfo> x11_info(SDL_Window* window) {
  SDL_SysWMinfo info;
  SDL_VERSION(&info.version);
  if (!SDL_GetWindowWMInfo(window, &info) || info.subsystem != SDL_SYSWM_X11) return {};
  return info;
}

}  // namespace

float x11_dpi(SDL_Window* window) {
  const std::optional<SDL_SysWMinfo> info = x11_info(window);
  if (!info) return 0;
  void* xlib = SDL_LoadObject("libX11.so.6");
  if (!xlib) return 0;
  const float dpi = dpi_of(info->info.x11.display, xlib);
  SDL_UnloadObject(xlib);
  return dpi;
}

std::string x11_name(SDL_Window* window) {
  const std::optional<SDL_SysWMinfo> info = x11_info(window);
  if (!info) return "";
  std::ostringstream name;
  name << "x11:" << std::hex << info->info.x11.window;
  return name.str();
}

#else

float x11_dpi(SDL_Window*) { return 0; }
std::string x11_name(SDL_Window*) { return ""; }

#endif

}  // namespace limpid
