// A picture, and the same at half the size, a quarter and so on, to be looked at from afar.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/image/raster.h"

namespace limpid {

// Coarser levels are made until both sides are at most that.
constexpr int coarsest_side = 256;

struct Pyramid {
  // [0] is the picture. Pixel (y, x) of level k is the mean of those of the picture from
  // (y 2^k, x 2^k) on, 2^k a side: fewer at the bottom and on the right, where the picture ends.
  std::vector<Raster> levels;

  const Raster& picture() const { return levels.front(); }
  int height() const { return picture().height; }
  int width() const { return picture().width; }
  size_t bytes() const;
};

// Shared within a process, copied between page and worker; never changed once it is out.
using SharedPyramid = std::shared_ptr<const Pyramid>;

SharedPyramid make_pyramid(Raster picture);

}  // namespace limpid
