// What X11's desktops ask of every program: how many pixels an inch of text has.
#pragma once

struct SDL_Window;

namespace limpid {

// Xft.dpi, which desktops set, else what the server was started with; 0 when the window is not
// X11's.
float x11_dpi(SDL_Window* window);

}  // namespace limpid
