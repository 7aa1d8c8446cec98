#include "core/classical/median.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace limpid {

int median_radius(double sigma) { return sigma <= 0.12 ? 1 : sigma <= 0.3 ? 2 : 3; }

Image median_rows(const Image& noisy, RowSpan rows, double sigma) {
  const int r = median_radius(sigma);
  Image restored(rows.count(), noisy.width, noisy.channels);
  std::vector<float> window(size_t(2 * r + 1) * (2 * r + 1));
  std::vector<int> columns(noisy.width + 2 * r);
  for (int x = 0; x < noisy.width + 2 * r; ++x)
    columns[x] = reflected(std::abs(x - r), noisy.width);
  const auto middle = window.begin() + ptrdiff_t(window.size() / 2);
  for (int y = rows.top; y < rows.end; ++y) {
    for (int x = 0; x < noisy.width; ++x) {
      for (int c = 0; c < noisy.channels; ++c) {
        size_t n = 0;
        for (int dy = -r; dy <= r; ++dy) {
          const int row = reflected(std::abs(y + dy), noisy.height);
          for (int dx = 0; dx <= 2 * r; ++dx) window[n++] = noisy.at(row, columns[x + dx], c);
        }
        std::nth_element(window.begin(), middle, window.end());
        restored.at(y - rows.top, x, c) = *middle;
      }
    }
  }
  return restored;
}

}  // namespace limpid
