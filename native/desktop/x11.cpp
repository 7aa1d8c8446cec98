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

// What desktops set, "Xft.dpi:\t96" and other lines. XResourceManagerString() has what it was when
// the connection began.
std::string resources_of(Display* display, void* xlib) {
  const auto root = of_xlib<decltype(XDefaultRootWindow)>(xlib, "XDefaultRootWindow");
  const auto get = of_xlib<decltype(XGetWindowProperty)>(xlib, "XGetWindowProperty");
  const auto release = of_xlib<decltype(XFree)>(xlib, "XFree");
  if (!root || !get || !release) return "";
  constexpr long longest = 1 << 20;  // in units of four bytes
  Atom type = 0;
  int format = 0;
  unsigned long size = 0, rest = 0;
  unsigned char* lines = nullptr;
  get(display, root(display), XA_RESOURCE_MANAGER, 0, longest, False, XA_STRING, &type, &format,
      &size, &rest, &lines);
  if (!lines) return "";
  const std::string text(lines, lines + size);
  release(lines);
  return text;
}

float dpi_of(Display* display, void* xlib) {
  const auto pixels = of_xlib<decltype(XDisplayHeight)>(xlib, "XDisplayHeight");
  const auto millimetres = of_xlib<decltype(XDisplayHeightMM)>(xlib, "XDisplayHeightMM");
  if (!pixels || !millimetres) return 0;
  const std::string text = "\n" + resources_of(display, xlib);
  const std::string name = "\nXft.dpi:";
  if (const size_t at = text.find(name); at != std::string::npos) {
    const float dpi = std::strtof(text.c_str() + at + name.size(), nullptr);
    if (dpi > 0) return dpi;
  }
  const int height = millimetres(display, 0);
  const float dpi = height > 0 ? float(pixels(display, 0)) * 25.4f / float(height) : 0;
  return std::abs(dpi - 96) < 1 ? 0 : dpi;  // 96 is what a server says that was told nothing
}

// The root's changes come as events too, beside those that SDL has asked for.
void watch_root(Display* display, void* xlib) {
  const auto root = of_xlib<decltype(XDefaultRootWindow)>(xlib, "XDefaultRootWindow");
  const auto get = of_xlib<decltype(XGetWindowAttributes)>(xlib, "XGetWindowAttributes");
  const auto select = of_xlib<decltype(XSelectInput)>(xlib, "XSelectInput");
  XWindowAttributes now;
  if (!root || !get || !select || !get(display, root(display), &now)) return;
  select(display, root(display), now.your_event_mask | PropertyChangeMask);
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
  if (SDL_EventState(SDL_SYSWMEVENT, SDL_ENABLE) != SDL_ENABLE) {
    watch_root(info->info.x11.display, xlib);
  }
  const float dpi = dpi_of(info->info.x11.display, xlib);
  SDL_UnloadObject(xlib);
  return dpi;
}

bool changes_x11_dpi(const SDL_Event& event) {
  if (event.type != SDL_SYSWMEVENT || event.syswm.msg->subsystem != SDL_SYSWM_X11) return false;
  const XEvent& x11 = event.syswm.msg->msg.x11.event;
  return x11.type == PropertyNotify && x11.xproperty.atom == XA_RESOURCE_MANAGER;
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
bool changes_x11_dpi(const SDL_Event&) { return false; }
std::string x11_name(SDL_Window*) { return ""; }

#endif

}  // namespace limpid
