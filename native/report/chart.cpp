#include "native/report/chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/chart/axis.h"
#include "native/report/text.h"

namespace limpid {

namespace {

constexpr Color paper = {1, 1, 1};
constexpr Color ink = {0.13f, 0.13f, 0.13f};
constexpr Color faint_ink = {0.40f, 0.40f, 0.40f};
constexpr Color grid_line = {0.90f, 0.90f, 0.90f};

constexpr int height = 800;
constexpr int width = 1280;
constexpr float left = 140, right = 1240, top = 120, bottom = 700;  // of the field
constexpr float title_y = 52;  // of its baseline, and the legend's
constexpr float number_px = 24;
constexpr float label_px = 26;
constexpr size_t most_marked = 40;  // values of a curve that still get a dot each

constexpr int most_marks = 6;  // on the axis of values
constexpr int most_epoch_marks = 12;

// Of values that span more than a power of ten, logarithmic.
Axis value_axis(double least, double most) {
  return least > 0 && most > 10 * least ? logarithmic_axis(least, most, most_marks)
                                        : linear_axis(least, most, most_marks);
}

CanvasPoint point_of(const Axis& epochs, const Axis& values, size_t i, double value) {
  return {left + (right - left) * float(position(epochs, double(i + 1))),
          bottom - (bottom - top) * float(position(values, value))};
}

bool can_be_drawn(const Axis& axis, double value) {
  return std::isfinite(value) && (!axis.logarithmic || value > 0);
}

void draw_axes(Canvas& canvas, const Axis& epochs, const Axis& values, const std::string& y_label) {
  for (const double value : values.marks) {
    const float y = std::round(bottom - (bottom - top) * float(position(values, value)));
    canvas.fill({left, y - 1}, {right, y + 1}, grid_line);
    draw_text(canvas, {left - 16, y + number_px * 0.32f}, mark_text(values, value),
              {.size_px = number_px, .color = faint_ink, .align = Align::right});
  }
  for (const double epoch : epochs.marks) {
    const float x = std::round(left + (right - left) * float(position(epochs, epoch)));
    canvas.fill({x - 1, bottom}, {x + 1, bottom + 9}, faint_ink);
    draw_text(canvas, {x, bottom + 14 + number_px * 0.8f}, mark_text(epochs, epoch),
              {.size_px = number_px, .color = faint_ink, .align = Align::center});
  }
  canvas.fill({left, bottom - 1}, {right, bottom + 1}, faint_ink);
  draw_text(canvas, {(left + right) / 2, float(height) - 22}, "epoch",
            {.size_px = label_px, .color = ink, .align = Align::center});
  draw_text(canvas, {38, (top + bottom) / 2}, y_label + (values.logarithmic ? ", logarithmic" : ""),
            {.size_px = label_px, .color = ink, .align = Align::center, .upwards = true});
}

void draw_curve(Canvas& canvas, const Axis& epochs, const Axis& values, const Curve& curve) {
  std::vector<CanvasPoint> piece;
  const bool marked = curve.values.size() <= most_marked;
  for (size_t i = 0; i <= curve.values.size(); ++i) {
    if (i < curve.values.size() && can_be_drawn(values, curve.values[i])) {
      piece.push_back(point_of(epochs, values, i, curve.values[i]));
      if (marked) canvas.disc(piece.back(), 5, curve.color);
    } else {  // a gap, or the end
      canvas.line(piece, 3, curve.color);
      piece.clear();
    }
  }
}

void draw_legend(Canvas& canvas, const std::vector<Curve>& curves) {
  float x = right;
  for (size_t i = curves.size(); i-- > 0;) {
    x -= text_width(curves[i].name, label_px);
    draw_text(canvas, {x, title_y}, curves[i].name, {.size_px = label_px, .color = ink});
    const CanvasPoint ends[2] = {{x - 52, title_y - 9}, {x - 14, title_y - 9}};
    canvas.line(ends, 4, curves[i].color);
    x -= 88;
  }
}

}  // namespace

Image draw_chart(const Chart& chart) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  size_t epochs = 1;
  for (const Curve& curve : chart.curves) {
    epochs = std::max(epochs, curve.values.size());
    for (const double value : curve.values) {
      if (!std::isfinite(value)) continue;
      least = std::min(least, value);
      most = std::max(most, value);
    }
  }
  const Axis x = whole_axis(1, int(epochs), most_epoch_marks);
  const Axis y = least <= most ? value_axis(least, most) : value_axis(0, 1);

  Canvas canvas(height, width, paper);
  draw_text(canvas, {left, title_y}, shortened(chart.title, 34, 620), {.size_px = 34});
  draw_text(canvas, {left, top - 30}, shortened(chart.subtitle, number_px, right - left),
            {.size_px = number_px, .color = faint_ink});
  draw_axes(canvas, x, y, chart.y_label);
  for (const Curve& curve : chart.curves) draw_curve(canvas, x, y, curve);
  draw_legend(canvas, chart.curves);
  return canvas.image();
}

}  // namespace limpid
