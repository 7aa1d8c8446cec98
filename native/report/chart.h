// Curves over the epochs, as a picture.
#pragma once

#include <string>
#include <vector>

#include "native/report/canvas.h"

namespace limpid {

struct Curve {
  std::string name;
  Color color;
  std::vector<double> values;  // one an epoch, from epoch 1; what is not finite is left out
};

struct Chart {
  std::string title;
  std::string subtitle;
  std::string y_label;
  std::vector<Curve> curves;
};

// Where an axis has its numbers.
struct Ticks {
  bool logarithmic = false;
  double low = 0;  // of the axis
  double high = 1;
  std::vector<double> values;  // ascending, within low .. high
};

// For values between `least` and `most`: steps of 1, 2 or 5 times a power of ten that hold them
// all. Logarithmic when `most` is more than ten times `least`, which is above 0.
Ticks value_ticks(double least, double most);

// Whole epochs for an axis from 1 to `epochs`.
Ticks epoch_ticks(int epochs);

// "0.02", "5e-05", "20,000".
std::string tick_text(double value);

// 1280 x 800 pixels.
Image draw_chart(const Chart& chart);

}  // namespace limpid
