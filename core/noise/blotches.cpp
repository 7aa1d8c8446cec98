#include "core/noise/blotches.h"

namespace limpid::blotches {

std::vector<Colour> rows(const PlacedNoise& noise, int top, int count, int width) {
  const float spacing = noise.blotch_spacing;
  const int in_row = nodes_in_row(width, spacing);
  const int first = nodes(top, spacing).first;
  const int lattice_rows = nodes(top + count - 1, spacing).first + 3 - first;
  std::vector<Colour> lattice;
  lattice.reserve(size_t(lattice_rows) * in_row);
  for (int y = 0; y < lattice_rows; ++y) {
    for (int x = 0; x < in_row; ++x) lattice.push_back(node(noise.sequence, in_row, first + y, x));
  }
  std::vector<Nodes> across;
  across.reserve(size_t(width));
  for (int x = 0; x < width; ++x) across.push_back(nodes(x, spacing));
  std::vector<Colour> row(static_cast<size_t>(in_row));
  std::vector<Colour> found;
  found.reserve(size_t(count) * width);
  for (int y = top; y < top + count; ++y) {
    const Nodes down = nodes(y, spacing);
    const Colour* const above = &lattice[size_t(down.first - first) * in_row];
    for (int x = 0; x < in_row; ++x) {
      row[size_t(x)] = blended(down, above[x], above[in_row + x], above[2 * in_row + x]);
    }
    for (const Nodes& part : across) {
      const Colour* const before = &row[size_t(part.first)];
      found.push_back(blended(part, before[0], before[1], before[2]));
    }
  }
  return found;
}

}  // namespace limpid::blotches
