#include "native/report/chart.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

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
constexpr float number_px = 24;
constexpr float label_px = 26;
constexpr size_t most_marked = 40;  // values of a curve that still get a dot each

// The least of 1, 2, 5, 10, ... times a power of ten that is at least `step`.
double round_step(double step) {
  const double power = std::pow(10.0, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= step * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

Ticks linear_ticks(double least, double most) {
  if (!(most > least)) {  // one value only: give it room on both sides
    const double room = least != 0 ? std::fabs(least) / 2 : 0.5;
    least -= room;
    most += room;
  }
  const double step = round_step((most - least) / 6);
  Ticks ticks;
  ticks.low = std::floor(least / step + 1e-9) * step;
  ticks.high = std::ceil(most / step - 1e-9) * step;
  const int steps = int(std::lround((ticks.high - ticks.low) / step));
  for (int i = 0; i <= steps; ++i) ticks.values.push_back(ticks.low + i * step);
  return ticks;
}

Ticks logarithmic_ticks(double least, double most) {
  Ticks ticks = {.logarithmic = true, .low = 0, .high = 0, .values = {}};
  // Over more than three decades 2 and 5 have no room between the powers of ten.
  const bool dense = std::log10(most / least) <= 3;
  std::vector<double> all;
  const int first = int(std::floor(std::log10(least))) - 1;
  for (int power = first; power <= first + int(std::log10(most / least)) + 4; ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor == 1 || dense) all.push_back(factor * std::pow(10.0, power));
    }
  }
  const auto above = std::upper_bound(all.begin(), all.end(), least * (1 + 1e-9));
  const auto below = std::lower_bound(all.begin(), all.end(), most * (1 - 1e-9));
  ticks.values.assign(above - 1, below + 1);
  ticks.low = ticks.values.front();
  ticks.high = ticks.values.back();
  return ticks;
}

// Of 0..1 along the axis.
double place(const Ticks& axis, double value) {
  if (axis.logarithmic) return std::log(value / axis.low) / std::log(axis.high / axis.low);
  return axis.high > axis.low ? (value - axis.low) / (axis.high - axis.low) : 0.5;
}

Point point_of(const Ticks& epochs, const Ticks& values, size_t i, double value) {
  return {left + (right - left) * float(place(epochs, double(i + 1))),
          bottom - (bottom - top) * float(place(values, value))};
}

bool can_be_drawn(const Ticks& axis, double value) {
  return std::isfinite(value) && (!axis.logarithmic || value > 0);
}

void draw_axes(Canvas& canvas, const Ticks& epochs, const Ticks& values,
               const std::string& y_label) {
  for (const double value : values.values) {
    const float y = std::round(bottom - (bottom - top) * float(place(values, value)));
    canvas.fill({left, y - 1}, {right, y + 1}, grid_line);
    draw_text(canvas, {left - 16, y + number_px * 0.32f}, tick_text(value),
              {.size_px = number_px, .color = faint_ink, .align = Align::right});
  }
  for (const double epoch : epochs.values) {
    const float x = std::round(left + (right - left) * float(place(epochs, epoch)));
    canvas.fill({x - 1, bottom}, {x + 1, bottom + 9}, faint_ink);
    draw_text(canvas, {x, bottom + 14 + number_px * 0.8f}, tick_text(epoch),
              {.size_px = number_px, .color = faint_ink, .align = Align::center});
  }
  canvas.fill({left, bottom - 1}, {right, bottom + 1}, faint_ink);
  draw_text(canvas, {(left + right) / 2, float(height) - 22}, "epoch",
            {.size_px = label_px, .color = ink, .align = Align::center});
  draw_text(canvas, {38, (top + bottom) / 2}, y_label + (values.logarithmic ? ", logarithmic" : ""),
            {.size_px = label_px, .color = ink, .align = Align::center, .upwards = true});
}

void draw_curve(Canvas& canvas, const Ticks& epochs, const Ticks& values, const Curve& curve) {
  std::vector<Point> piece;
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
    draw_text(canvas, {x, top - 30}, curves[i].name, {.size_px = label_px, .color = ink});
    const Point ends[2] = {{x - 52, top - 39}, {x - 14, top - 39}};
    canvas.line(ends, 4, curves[i].color);
    x -= 88;
  }
}

}  // namespace

Ticks value_ticks(double least, double most) {
  return least > 0 && most > 10 * least ? logarithmic_ticks(least, most)
                                        : linear_ticks(least, most);
}

Ticks epoch_ticks(int epochs) {
  Ticks ticks = {.logarithmic = false, .low = 1, .high = double(epochs), .values = {}};
  const int step = epochs <= 12 ? 1 : int(round_step(std::max(1.0, epochs / 10.0)));
  for (int epoch = step; epoch <= epochs; epoch += step) ticks.values.push_back(epoch);
  if (step > 1) ticks.values.insert(ticks.values.begin(), 1);
  return ticks;
}

std::string tick_text(double value) {
  const double size = std::fabs(value);
  const bool grouped = size >= 1000 && size < 1e7;
  char digits[32];
  std::snprintf(digits, sizeof digits, grouped ? "%.0f" : "%.4g", size < 1e-12 ? 0.0 : value);
  std::string text = digits;
  const size_t sign = value < 0 ? 1 : 0;
  for (size_t at = text.size(); grouped && at > sign + 3;) text.insert(at -= 3, ",");
  return text;
}

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
  const Ticks x = epoch_ticks(int(epochs));
  const Ticks y = least <= most ? value_ticks(least, most) : value_ticks(0, 1);

  Canvas canvas(height, width, paper);
  draw_text(canvas, {left, 52}, shortened(chart.title, 34, right - left), {.size_px = 34});
  draw_text(canvas, {left, top - 30}, shortened(chart.subtitle, number_px, 620),
            {.size_px = number_px, .color = faint_ink});
  draw_axes(canvas, x, y, chart.y_label);
  for (const Curve& curve : chart.curves) draw_curve(canvas, x, y, curve);
  draw_legend(canvas, chart.curves);
  return canvas.image();
}

}  // namespace limpid
