#include "core/chart/axis.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace limpid {
namespace {

constexpr double least_size = 1e-300;  // of what is told from 0: its parts are numbers too

// The smallest of 1, 2, 5 times a power of ten that is at least `step`.
double round_step(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= step * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

}  // namespace

Axis linear_axis(double low, double high, int marks) {
  if (!std::isfinite(high - low)) return linear_axis(0, 1, marks);
  if (high < low) std::swap(low, high);
  if (high - low < 1e-12 * std::max(1.0, std::abs(high))) {
    const double room = std::abs(high) < least_size ? 1 : std::abs(high) / 2;
    low -= room;
    high += room;
  }
  const double step = round_step((high - low) / std::max(marks, 1));
  Axis axis{.low = std::floor(low / step + 1e-9) * step,
            .high = std::ceil(high / step - 1e-9) * step,
            .logarithmic = false,
            .marks = {}};
  const long count = std::lround((axis.high - axis.low) / step);
  for (long i = 0; i <= count; ++i) axis.marks.push_back(axis.low + double(i) * step);
  return axis;
}

Axis logarithmic_axis(double low, double high, int marks) {
  if (!(low >= least_size && high >= low && std::isfinite(high / low))) {
    return logarithmic_axis(1e-3, 1, marks);
  }
  // Room around a curve that is flat.
  if (high < low * 1.5) {
    low /= 1.5;
    high *= 1.5;
  }
  std::vector<double> candidates;
  const int first = int(std::floor(std::log10(low)));
  const int last = int(std::ceil(std::log10(high)));
  for (int power = first; power <= last; ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) candidates.push_back(factor * std::pow(10, power));
  }
  // The ends: the candidates next to the values.
  Axis axis{.low = candidates.front(), .high = candidates.back(), .logarithmic = true, .marks = {}};
  for (const double candidate : candidates) {
    if (candidate <= low * (1 + 1e-9)) axis.low = candidate;
  }
  for (auto i = candidates.rbegin(); i != candidates.rend(); ++i) {
    if (*i >= high * (1 - 1e-9)) axis.high = *i;
  }
  const bool powers_only = last - first > std::max(marks, 1);
  for (const double candidate : candidates) {
    const double power = std::log10(candidate);
    if (powers_only && std::abs(power - std::round(power)) > 1e-9) continue;
    if (candidate >= axis.low * (1 - 1e-9) && candidate <= axis.high * (1 + 1e-9)) {
      axis.marks.push_back(candidate);
    }
  }
  return axis;
}

Axis whole_axis(int low, int high, int marks) {
  if (high <= low) high = low + 1;
  Axis axis{.low = double(low), .high = double(high), .logarithmic = false, .marks = {}};
  const int step =
      std::max(1, int(std::lround(round_step(double(high - low) / std::max(marks, 1)))));
  for (int mark = (low + step - 1) / step * step; mark <= high; mark += step) {
    axis.marks.push_back(mark);
  }
  return axis;
}

double position(const Axis& axis, double value) {
  if (!axis.logarithmic) return (value - axis.low) / (axis.high - axis.low);
  return std::log(std::max(value, least_size) / axis.low) / std::log(axis.high / axis.low);
}

std::string mark_text(const Axis& axis, double mark) {
  // What floating point leaves of a zero.
  if (!axis.logarithmic && std::abs(mark) < 1e-9 * (axis.high - axis.low)) mark = 0;
  const double size = std::abs(mark);
  const bool grouped = size >= 1000 && size < 1e7;
  char digits[32];
  std::snprintf(digits, sizeof digits, grouped ? "%.0f" : "%.4g", mark);
  std::string text = digits;
  const size_t sign = mark < 0 ? 1 : 0;
  for (size_t at = text.size(); grouped && at > sign + 3;) text.insert(at -= 3, ",");
  return text;
}

}  // namespace limpid
