#include "native/report/canvas.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace limpid {

namespace {

// The part of 0 .. size that a shape from `low` to `high` may touch, in whole pixels.
struct Range {
  int first = 0;
  int end = 0;
};
Range touched(float low, float high, int size) {
  if (!(low <= high)) return {};  // what is no number is nowhere
  const auto within = [&](float at) { return int(std::clamp(at, 0.0f, float(size))); };
  return {within(std::floor(low) - 1), within(std::ceil(high) + 1)};
}

float distance_to_segment(CanvasPoint p, CanvasPoint a, CanvasPoint b) {
  const float dx = b.x - a.x, dy = b.y - a.y;
  const float length2 = dx * dx + dy * dy;
  const float along = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0;
  const float t = std::clamp(along, 0.0f, 1.0f);
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

// Of a pixel `distance` from a shape's spine; the edge is one pixel wide.
float share_within(float distance, float radius) {
  return std::clamp(radius + 0.5f - distance, 0.0f, 1.0f);
}

float overlap(float low, float high, int pixel) {
  return std::clamp(std::min(high, float(pixel + 1)) - std::max(low, float(pixel)), 0.0f, 1.0f);
}

}  // namespace

Canvas::Canvas(int height, int width, Color background) : image_(height, width, 3) {
  fill({0, 0}, {float(width), float(height)}, background);
}

void Canvas::fill(CanvasPoint top_left, CanvasPoint bottom_right, Color color) {
  const Range rows = touched(top_left.y, bottom_right.y, height());
  const Range columns = touched(top_left.x, bottom_right.x, width());
  Coverage coverage = {rows.end - rows.first, columns.end - columns.first, {}};
  for (int y = rows.first; y < rows.end; ++y) {
    for (int x = columns.first; x < columns.end; ++x) {
      coverage.share.push_back(overlap(top_left.y, bottom_right.y, y) *
                               overlap(top_left.x, bottom_right.x, x));
    }
  }
  blend(coverage, rows.first, columns.first, color);
}

void Canvas::line(std::span<const CanvasPoint> points, float width_px, Color color) {
  if (points.empty()) return;
  const float radius = width_px / 2;
  Coverage coverage = {height(), width(), std::vector<float>(size_t(height()) * width())};
  for (size_t i = 0; i + 1 < std::max<size_t>(points.size(), 2); ++i) {
    const CanvasPoint a = points[i], b = points[std::min(i + 1, points.size() - 1)];
    const Range rows = touched(std::min(a.y, b.y) - radius, std::max(a.y, b.y) + radius, height());
    const Range columns =
        touched(std::min(a.x, b.x) - radius, std::max(a.x, b.x) + radius, width());
    for (int y = rows.first; y < rows.end; ++y) {
      for (int x = columns.first; x < columns.end; ++x) {
        float& share = coverage.share[size_t(y) * width() + x];
        const float d = distance_to_segment({float(x) + 0.5f, float(y) + 0.5f}, a, b);
        share = std::max(share, share_within(d, radius));
      }
    }
  }
  blend(coverage, 0, 0, color);
}

void Canvas::disc(CanvasPoint center, float radius_px, Color color) {
  line(std::span(&center, 1), 2 * radius_px, color);
}

void Canvas::paste(const Image& image, int y, int x) {
  for (int row = std::max(0, -y); row < std::min(image.height, height() - y); ++row) {
    for (int column = std::max(0, -x); column < std::min(image.width, width() - x); ++column) {
      for (int c = 0; c < 3; ++c) {
        image_.at(y + row, x + column, c) = image.at(row, column, image.channels == 3 ? c : 0);
      }
    }
  }
}

void Canvas::blend(const Coverage& coverage, int y, int x, Color color) {
  assert(coverage.share.size() == size_t(coverage.height) * coverage.width);
  const float channels[3] = {color.red, color.green, color.blue};
  for (int row = std::max(0, -y); row < std::min(coverage.height, height() - y); ++row) {
    for (int column = std::max(0, -x); column < std::min(coverage.width, width() - x); ++column) {
      const float share = coverage.share[size_t(row) * coverage.width + column];
      if (share <= 0) continue;
      for (int c = 0; c < 3; ++c) {
        float& value = image_.at(y + row, x + column, c);
        value += share * (channels[c] - value);
      }
    }
  }
}

}  // namespace limpid
