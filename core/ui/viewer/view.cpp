#include "core/ui/viewer/view.h"

#include <algorithm>

namespace limpid {
namespace {

constexpr float most_enlarged = 4;  // of a small picture that is to fit

// Along one side: a picture smaller than the area stays in its middle, a larger one covers it.
float settled_center(float center, float area, float picture, float zoom) {
  const float half = area / 2 / zoom;
  if (half * 2 >= picture) return picture / 2;
  return std::clamp(center, half, picture - half);
}

}  // namespace

float fitting_zoom(const Area& area, int width, int height, float most) {
  return std::min({area.width() / float(width), area.height() / float(height), most});
}

View settled(View view, const Area& area, int width, int height) {
  const float fit = fitting_zoom(area, width, height, most_enlarged);
  view.zoom = view.fitted ? fit : std::clamp(view.zoom, std::min(fit, 1.0f), largest_zoom);
  view.center.x = settled_center(view.center.x, area.width(), float(width), view.zoom);
  view.center.y = settled_center(view.center.y, area.height(), float(height), view.zoom);
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
  const float least = std::min(fitting_zoom(area, width, height, most_enlarged), 1.0f);
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
