// Where in a picture the viewer looks, and how the parts of its area are shared out.
#pragma once

namespace limpid {

struct Point {
  float x = 0, y = 0;
};

struct Area {
  Point low, high;  // top left, bottom right
  float width() const { return high.x - low.x; }
  float height() const { return high.y - low.y; }
};

// models: as several models restore it. layers: what the chosen one makes of it on its way.
enum class ViewMode { split, side_by_side, clean, noisy, restored, error, models, layers };

struct View {
  ViewMode mode = ViewMode::split;
  float split = 0.5f;    // of the area's width, 0..1
  bool fitted = true;    // the whole picture, whatever the area's size
  float zoom = 1;        // screen pixels for one of the picture's
  Point center;          // of the area, in picture pixels
  bool filling = false;  // pictures are still on their way to the graphics card
};

constexpr float largest_zoom = 64;

// The zoom at which a picture of that size fills the area; small pictures are enlarged to at most
// `most`.
float fitting_zoom(const Area& area, int width, int height, float most);

// The view as it is used: centred and zoomed to fit when it is to be, else within its bounds. The
// picture's corner is that of a screen pixel.
View settled(View view, const Area& area, int width, int height);

Point to_screen(const View& view, const Area& area, Point picture);
Point to_picture(const View& view, const Area& area, Point screen);

// Zooms by `factor` with the pixel under `at` staying there.
void zoom_at(View& view, const Area& area, int width, int height, Point at, float factor);
// Moves the picture by so many screen pixels.
void pan(View& view, Point by);

}  // namespace limpid
