#include "core/engine/winograd.h"

#include <numbers>

namespace limpid {
namespace {

std::array<double, winograd_side> transform(double a, double b, double c) {
  constexpr double root = std::numbers::sqrt2;
  return {a,
          -(a + b / root + c / 2) * 2 / 3,
          -(a - b / root + c / 2) * 2 / 3,
          (a + b * root + c * 2) / 6,
          (a - b * root + c * 2) / 6,
          c};
}

std::array<double, 3> transform_back(const std::array<double, winograd_side>& v) {
  constexpr double root = std::numbers::sqrt2;
  const double inner = (v[1] + v[2]) / 3, outer = (v[3] + v[4]) / 3;
  return {v[0] - 2 * inner + outer / 2, ((v[3] - v[4]) / 6 - (v[1] - v[2]) / 3) * root,
          outer - inner + v[5]};
}

}  // namespace

WinogradKernel winograd_kernel(const WinogradTaps& taps) {
  std::array<std::array<double, winograd_side>, 3> cols;
  for (int x = 0; x < 3; ++x) cols[x] = transform(taps[x], taps[3 + x], taps[6 + x]);
  WinogradKernel kernel;
  for (int y = 0; y < winograd_side; ++y) {
    const auto row = transform(cols[0][y], cols[1][y], cols[2][y]);
    for (int x = 0; x < winograd_side; ++x) kernel[y * winograd_side + x] = float(row[x]);
  }
  return kernel;
}

WinogradTaps winograd_kernel_gradient(const WinogradKernel& gradient) {
  std::array<std::array<double, 3>, winograd_side> rows;
  for (int y = 0; y < winograd_side; ++y) {
    std::array<double, winograd_side> row;
    for (int x = 0; x < winograd_side; ++x) row[x] = gradient[y * winograd_side + x];
    rows[y] = transform_back(row);
  }
  WinogradTaps taps;
  for (int x = 0; x < 3; ++x) {
    std::array<double, winograd_side> col;
    for (int y = 0; y < winograd_side; ++y) col[y] = rows[y][x];
    const auto back = transform_back(col);
    for (int y = 0; y < 3; ++y) taps[3 * y + x] = float(back[y]);
  }
  return taps;
}

}  // namespace limpid
