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

using Back = std::array<WinogradLanes, 3>;

// Of six values `step` apart.
Back transform_back(const WinogradLanes* v, int step) {
  constexpr float root = std::numbers::sqrt2_v<float>, third = 1 / 3.0f;
  Back back;
  for (int i = 0; i < winograd_lanes; ++i) {
    const float inner = third * (v[step][i] + v[2 * step][i]);
    const float outer = third * (v[3 * step][i] + v[4 * step][i]);
    back[0][i] = v[0][i] - 2 * inner + outer / 2;
    back[1][i] =
        root * third * ((v[3 * step][i] - v[4 * step][i]) / 2 - (v[step][i] - v[2 * step][i]));
    back[2][i] = outer - inner + v[5 * step][i];
  }
  return back;
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

std::array<WinogradLanes, 9> winograd_kernel_gradient(
    const std::array<WinogradLanes, winograd_positions>& gradient) {
  std::array<WinogradLanes, 3 * winograd_side> half;  // (position down, tap across)
  for (int y = 0; y < winograd_side; ++y) {
    const Back row = transform_back(&gradient[y * winograd_side], 1);
    for (int x = 0; x < 3; ++x) half[3 * y + x] = row[x];
  }
  std::array<WinogradLanes, 9> taps;
  for (int x = 0; x < 3; ++x) {
    const Back col = transform_back(&half[x], 3);
    for (int y = 0; y < 3; ++y) taps[3 * y + x] = col[y];
  }
  return taps;
}

}  // namespace limpid
