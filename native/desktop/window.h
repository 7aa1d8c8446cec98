// The window: SDL2, an OpenGL 3.3 context, and Dear ImGui on both.
#pragma once

#include <string>
#include <vector>

struct SDL_Window;

namespace limpid {

struct WindowPlace {  // in points: pixels at a scale of 1
  int width = 1360;
  int height = 860;
  bool maximized = false;
};

// As it was when the window closed last; the default when that is not known.
WindowPlace stored_place();
void store_place(const WindowPlace& place);

class Window {
 public:
  // Throws Error with what is missing when there is no display or no OpenGL 3.3.
  explicit Window(const WindowPlace& place);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  struct Input {
    bool any = false;
    bool closes = false;               // the user, the window
    std::vector<std::string> dropped;  // files and folders
  };
  // Waits for input, up to `wait_s` seconds, and hands it to ImGui.
  Input take_input(double wait_s);

  float scale() const;              // of the display it is on: pixels a point, 1 at 96 dpi
  std::string portal_name() const;  // for dialogs that belong to it, see portal.h
  WindowPlace place() const;
  void begin_frame();  // then ImGui's widgets, in pixels
  void end_frame();    // draws and shows them

 private:
  void release();
  void keep_readable();
  void resize(const WindowPlace& place);
  void follow_x11_dpi();
  float density() const;  // pixels of one of the units in which the display measures windows

  SDL_Window* window_ = nullptr;
  void* context_ = nullptr;     // of OpenGL
  float x11_dpi_ = 0;           // as the desktop asks for it; 0: it does not
  float least_size_units_ = 0;  // of the display's, a point; the window's least size was set for it
  bool has_imgui_ = false;
};

}  // namespace limpid
