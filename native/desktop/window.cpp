#include "native/desktop/window.h"

#include <SDL.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>
#include <imgui_impl_sdl2.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/ui/gl.h"
#include "native/desktop/x11.h"

namespace limpid {
namespace {

constexpr int least_width = 360, least_height = 480;
constexpr float any_time_s = 1e6f;

[[noreturn]] void refuse(const std::string& what) {
  const std::string why = SDL_GetError();
  throw Error(what + (why.empty() ? "" : " (" + why + ")") +
              "; the shell command `limpid` works without");
}

}  // namespace

Window::Window(const WindowPlace& place) {
  SDL_SetHint(SDL_HINT_APP_NAME, "Limpid");
  SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
  SDL_SetHint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1");
  SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "0");
  const char* none = "there is no display to open a window on";
  if (SDL_Init(SDL_INIT_VIDEO) != 0) refuse(none);
  // What SDL falls back to, which nobody sees.
  const std::string driver = SDL_GetCurrentVideoDriver();
  if (driver == "offscreen" || driver == "dummy") {
    SDL_Quit();
    refuse(none);
  }
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_CORE);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 3);
  SDL_GL_SetAttribute(SDL_GL_DOUBLEBUFFER, 1);
  SDL_GL_SetAttribute(SDL_GL_DEPTH_SIZE, 0);
  Uint32 flags = SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;
  if (place.maximized) flags |= SDL_WINDOW_MAXIMIZED;
  // Not larger than the display, which may be another one than last time.
  SDL_Rect room = {0, 0, place.width, place.height};
  SDL_GetDisplayUsableBounds(0, &room);
  window_ = SDL_CreateWindow("Limpid", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
                             std::min(place.width, room.w), std::min(place.height, room.h), flags);
  if (window_) context_ = SDL_GL_CreateContext(window_);
  if (!context_) {
    const std::string why = SDL_GetError();
    release();
    SDL_SetError("%s", why.c_str());
    refuse("this display has no OpenGL 3.3");
  }
  x11_dpi_ = x11_dpi(window_);
  if (scale() / density() > 1 && !place.maximized) {
    resize(place);
    SDL_SetWindowPosition(window_, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED);
  }
  SDL_GL_SetSwapInterval(1);
  ImGui::CreateContext();
  ImGui_ImplSDL2_InitForOpenGL(window_, context_);
  ImGui_ImplOpenGL3_Init("#version 330 core");
  has_imgui_ = true;
}

Window::~Window() { release(); }

void Window::release() {
  if (has_imgui_) {
    ImGui_ImplOpenGL3_Shutdown();
    ImGui_ImplSDL2_Shutdown();
    ImGui::DestroyContext();
  }
  if (context_) SDL_GL_DeleteContext(context_);
  if (window_) SDL_DestroyWindow(window_);
  SDL_Quit();
}

Window::Input Window::take_input(double wait_s) {
  Input input;
  SDL_Event event;
  for (bool more = SDL_WaitEventTimeout(&event, int(wait_s * 1000)); more;
       more = SDL_PollEvent(&event)) {
    if (changes_x11_dpi(event)) follow_x11_dpi();
    if (event.type == SDL_SYSWMEVENT) continue;  // what it tells comes again in SDL's words
    input.any = true;
    if (event.type == SDL_MOUSEMOTION) {
      event.motion.x = int(float(event.motion.x) * density());
      event.motion.y = int(float(event.motion.y) * density());
    }
    // SDL counts clicks by when they came. ImGui would by the frames that take them, which may be
    // long after: so it takes SDL's word.
    if (event.type == SDL_MOUSEBUTTONDOWN) {
      ImGui::GetIO().MouseDoubleClickTime = event.button.clicks % 2 == 0 ? any_time_s : 0;
    }
    ImGui_ImplSDL2_ProcessEvent(&event);
    if (event.type == SDL_QUIT) input.closes = true;
    if (event.type == SDL_DROPFILE) {
      input.dropped.emplace_back(event.drop.file);
      SDL_free(event.drop.file);
    }
  }
  return input;
}

// Displays that scale by themselves, as Wayland's, measure windows and mice in units of several
// pixels.
float Window::density() const {
  int width = 0, pixels = 0;
  SDL_GetWindowSize(window_, &width, nullptr);
  SDL_GL_GetDrawableSize(window_, &pixels, nullptr);
  return width > 0 ? float(pixels) / float(width) : 1;
}

float Window::scale() const {
  if (density() > 1) return density();
  float dpi = x11_dpi_;
  // Without a wish of the desktop's the monitor's measure.
  const int display = SDL_GetWindowDisplayIndex(window_);
  if (dpi == 0 && SDL_GetDisplayDPI(display, nullptr, &dpi, nullptr) != 0) dpi = 96;
  // Steps of a quarter, never smaller than designed: what monitors tell is rarely exact.
  return std::clamp(std::floor(dpi / 96 * 4 + 0.25f) / 4, 1.0f, 4.0f);
}

std::string Window::portal_name() const { return x11_name(window_); }

WindowPlace Window::place() const {
  const float units = scale() / density();
  WindowPlace place;
  SDL_GetWindowSize(window_, &place.width, &place.height);
  place.width = int(float(place.width) / units);
  place.height = int(float(place.height) / units);
  place.maximized = SDL_GetWindowFlags(window_) & SDL_WINDOW_MAXIMIZED;
  return place;
}

// Within the display, where the window moves no more than it must.
void Window::resize(const WindowPlace& place) {
  const float units = scale() / density();
  SDL_Rect room;
  if (SDL_GetDisplayUsableBounds(SDL_GetWindowDisplayIndex(window_), &room) != 0) return;
  const int width = std::min(int(float(place.width) * units), room.w);
  const int height = std::min(int(float(place.height) * units), room.h);
  SDL_SetWindowSize(window_, width, height);
  int x = 0, y = 0;
  SDL_GetWindowPosition(window_, &x, &y);
  const int near_x = std::clamp(x, room.x, room.x + room.w - width);
  const int near_y = std::clamp(y, room.y, room.y + room.h - height);
  if (near_x != x || near_y != y) SDL_SetWindowPosition(window_, near_x, near_y);
}

// As large in points as it was.
void Window::follow_x11_dpi() {
  const WindowPlace before = place();
  const float scale_before = scale();
  x11_dpi_ = x11_dpi(window_);
  if (scale() == scale_before) return;
  keep_readable();
  if (!before.maximized) resize(before);
}

// The window may have come to a monitor of another scale. Only then, since SDL also raises a window
// that it gives a least size.
void Window::keep_readable() {
  const float units = scale() / density();
  if (units == least_size_units_) return;
  least_size_units_ = units;
  SDL_SetWindowMinimumSize(window_, int(least_width * units), int(least_height * units));
}

void Window::begin_frame() {
  keep_readable();
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplSDL2_NewFrame();
  // The front end draws in pixels.
  ImGuiIO& io = ImGui::GetIO();
  int width = 0, height = 0;
  SDL_GL_GetDrawableSize(window_, &width, &height);
  if (width > 0 && height > 0) io.DisplaySize = {float(width), float(height)};
  io.DisplayFramebufferScale = {1, 1};
  // It asks the screen where the pointer is, which a display without a window manager tells late;
  // what the window was told itself is newer.
  if (SDL_GetMouseFocus() == window_) {
    int x = 0, y = 0;
    SDL_GetMouseState(&x, &y);
    io.AddMousePosEvent(float(x) * density(), float(y) * density());
  }
  ImGui::NewFrame();
}

void Window::end_frame() {
  ImGui::Render();
  int width = 0, height = 0;
  SDL_GL_GetDrawableSize(window_, &width, &height);
  glViewport(0, 0, width, height);
  glDisable(GL_SCISSOR_TEST);
  glClearColor(0.06f, 0.07f, 0.09f, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  SDL_GL_SwapWindow(window_);
}

}  // namespace limpid
