#include "core/ui/viewer/view.h"

#include <algorithm>
#include <cmath>

namespace limpid {
namespace {

// Of a small picture that is to fit: few pixels can each be seen, and one alone is no speck.
constexpr float most_enlarged = 4;
constexpr int tiny_side = 64;

float most_enlarged_of(int width, int height) {
  return std::max(width, height) < tiny_side ? largest_zoom : most_enlarged;
}

// Along one side: a picture smaller than the area stays in its middle, a larger one covers it. It
// begins between two pixels of the screen: else its own would be blurred at a zoom of 1.
float settled_center(float center, float low, float high, float picture, float zoom) {
  const float half = (high - low) / 2 / zoom;
  const float held = half * 2 >= picture ? picture / 2 : std::clamp(center, half, picture - half);
  const float middle = (low + high) / 2;
  return (middle - std::round(middle - held * zoom)) / zoom;
}

}  // namespace

float fitting_zoom(const Area& area, int width, int height, float most) {
  return std::min({area.width() / float(width), area.height() / float(height), most});
}

View settled(View view, const Area& area, int width, int height) {
  const float fit = fitting_zoom(area, width, height, most_enlarged_of(width, height));
  view.zoom = view.fitted ? fit : std::clamp(view.zoom, std::min(fit, 1.0f), largest_zoom);
  const Point low = area.low, high = area.high;
  view.center.x = settled_center(view.center.x, low.x, high.x, float(width), view.zoom);
  view.center.y = settled_center(view.center.y, low.y, high.y, float(height), view.zoom);
  return view;
}

Point to_screen(const View& view, const Area& area, Point picture) {
  return {(area.low.x + area.high.x) / 2 + (picture.x - view.center.x) * view.zoom,
          (area.low.y + area.high.y) / 2 + (picture.y - view.center.y) * view.zoom};
}

Point to_picture(const View& view, const Area& area, Point screen) {
  return {view.center.x + (screen.x - (area.low.x + area.high.x) / 2) / view.zoom,
          view.center.y + (screen.y - (area.low.y + area.high.y) / 2) / view.zoom};
}

void zoom_at(View& view, const Area& area, int width, int height, Point at, float factor) {
  const Point under = to_picture(view, area, at);
  const float least = fitting_zoom(area, width, height, 1);
  view.zoom = std::clamp(view.zoom * factor, least, largest_zoom);
  view.fitted = false;
  const Point moved = to_picture(view, area, at);
  view.center.x += under.x - moved.x;
  view.center.y += under.y - moved.y;
}

void pan(View& view, Point by) {
  view.fitted = false;
  view.center.x -= by.x / view.zoom;
  view.center.y -= by.y / view.zoom;
}

}  // namespace limpid
