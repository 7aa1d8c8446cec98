// What SDL does not tell of a window on X11.
#pragma once

#include <string>

struct SDL_Window;
union SDL_Event;

namespace limpid {

// How many pixels an inch of text has: Xft.dpi, which desktops set, else what the server was
// started with; 0 when the window is not X11's.
// From the first call on SDL_SYSWMEVENTs tell when that changes.
float x11_dpi(SDL_Window* window);
bool changes_x11_dpi(const SDL_Event& event);

// "x11:1a00002", its XID in base 16; "" when the window is not X11's.
std::string x11_name(SDL_Window* window);

}  // namespace limpid
