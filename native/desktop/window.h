// The window: SDL2, an OpenGL 3.3 context, and Dear ImGui on both.
#pragma once

#include <string>
#include <vector>

struct SDL_Window;

namespace limpid {

struct WindowPlace {
  int width = 1280;
  int height = 800;
  bool maximized = false;
};

class Window {
 public:
  // Throws Error with what is missing when there is no display or no OpenGL 3.3.
  explicit Window(const WindowPlace& place);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  // Waits for input, up to `wait_s` seconds, and hands it to ImGui. False when the user closes the
  // window. Files that were dropped are added to `dropped`.
  bool handle_input(double wait_s, std::vector<std::string>& dropped);

  float scale() const;  // of the display, 1 at 96 dpi
  WindowPlace place() const;
  void begin_frame();  // then ImGui's widgets
  void end_frame();    // draws and shows them

 private:
  void release();

  SDL_Window* window_ = nullptr;
  void* context_ = nullptr;  // of OpenGL
  bool has_imgui_ = false;
};

}  // namespace limpid
