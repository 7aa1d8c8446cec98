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

// 1280 x 800 pixels.
Image draw_chart(const Chart& chart);

}  // namespace limpid
