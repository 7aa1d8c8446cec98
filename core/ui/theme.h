// Colours, sizes and fonts of the front end: calm, dark or light.
#pragma once

#include <imgui.h>

namespace limpid {

struct Palette {
  ImU32 background;  // behind everything
  ImU32 panel;       // of cards and bars
  ImU32 raised;      // controls on a panel
  ImU32 hovered;     // such a control under the pointer
  ImU32 border;
  ImU32 text;
  ImU32 muted;   // captions
  ImU32 faint;   // grids, hints, what is off
  ImU32 accent;  // what is chosen, and the main button
  ImU32 accent_hovered;
  ImU32 on_accent;    // text on it
  ImU32 accent_soft;  // a breath of it behind a chosen row
  ImU32 warm;         // the second curve, what is noisy
  ImU32 bad;          // errors
  ImU32 canvas;       // behind pictures
};

enum class Face { body, strong };

// Sizes of text, in pixels at a scale of 1.
constexpr float body_px = 15, small_px = 13, title_px = 19;

// Loads the fonts; once, after ImGui's context was made.
void load_fonts();

struct Theme {
  bool dark = true;
  float scale = 1;     // of the display, 1 at 96 dpi
  bool touch = false;  // scroll bars are wide enough for a finger
};
// For the frames to come.
void set_theme(const Theme& theme);

const Palette& colors();
float px(float at_scale_1);  // times the scale

// While it lives, text is of that face and size.
class WithFont {
 public:
  WithFont(Face face, float size_px);
  ~WithFont();
  WithFont(const WithFont&) = delete;
  WithFont& operator=(const WithFont&) = delete;
};

}  // namespace limpid
