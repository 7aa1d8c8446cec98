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

}  // namespace limpid
