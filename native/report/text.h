// Writing on a Canvas, in DejaVu Sans. A build without the font (see CMakeLists.txt) draws and
// measures nothing.
#pragma once

#include <string>

#include "native/report/canvas.h"

namespace limpid {

enum class Align { left, center, right };

struct TextStyle {
  float size_px = 20;  // from the top of an ascender to the bottom of a descender
  Color color = {0.13f, 0.13f, 0.13f};
  Align align = Align::left;  // which part of the text is at the point
  bool upwards = false;       // turned a quarter to the left, for an axis
};

// Of UTF-8 text in one line; bytes that are no UTF-8 show as a box.
float text_width(const std::string& text, float size_px);

// `text`, its end replaced by an ellipsis where it is wider than `width_px`; of a path and other
// names, which differ there, the beginning.
std::string shortened(const std::string& text, float size_px, float width_px);
std::string shortened_name(const std::string& name, float size_px, float width_px);

// `at` lies on the base line.
void draw_text(Canvas& canvas, CanvasPoint at, const std::string& text, const TextStyle& style);

}  // namespace limpid
