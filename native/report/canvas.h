// A picture to draw on: lines, discs and rectangles with smooth edges.
#pragma once

#include <span>
#include <vector>

#include "core/image/image.h"

namespace limpid {

struct Color {
  float red = 0;  // 0..1, as in an Image
  float green = 0;
  float blue = 0;
};

// In pixels from the top left corner; pixel (x, y) covers x .. x + 1, y .. y + 1.
struct CanvasPoint {
  float x = 0;
  float y = 0;
};

// How much of each pixel a shape covers, 0..1, row by row.
struct Coverage {
  int height = 0;
  int width = 0;
  std::vector<float> share;  // (height, width)
};

class Canvas {
 public:
  Canvas(int height, int width, Color background);

  // What lies outside of the canvas is cut off.
  void fill(CanvasPoint top_left, CanvasPoint bottom_right, Color color);
  // Round ends and corners; where the line meets itself it is drawn once.
  void line(std::span<const CanvasPoint> points, float width_px, Color color);
  void disc(CanvasPoint center, float radius_px, Color color);
  void paste(const Image& image, int y, int x);  // 1 or 3 channels
  void blend(const Coverage& coverage, int y, int x, Color color);

  int height() const { return image_.height; }
  int width() const { return image_.width; }
  const Image& image() const { return image_; }

 private:
  Image image_;
};

}  // namespace limpid
