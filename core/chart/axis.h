// An axis of a chart: its ends, and where it has marks with readable numbers.
#pragma once

#include <string>
#include <vector>

namespace limpid {

struct Axis {
  double low = 0;
  double high = 1;            // above low
  bool logarithmic = false;   // both ends above 0 then
  std::vector<double> marks;  // within the ends, rising
};

// From a round number at or below `low` to one at or above `high`, with about `marks` marks 1, 2 or
// 5 apart; logarithmic: at 1, 2 and 5 of each power of ten, or fewer. Equal or wrong ends are moved
// apart.
Axis linear_axis(double low, double high, int marks);
Axis logarithmic_axis(double low, double high, int marks);
// Whole numbers from low to high, which stay as they are: epochs.
Axis whole_axis(int low, int high, int marks);

// 0 at the low end, 1 at the high one; beyond them outside 0..1.
double position(const Axis& axis, double value);
// The number of a mark, short: "0.02", "5e-05", "20", "20,000".
std::string mark_text(const Axis& axis, double mark);

}  // namespace limpid
