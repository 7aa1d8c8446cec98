// Geometric self-ensemble: a network restores several views of a picture, mirrored and upside
// down, and the mean of its answers, turned back, lies nearer to the truth than each of them
// (Timofte et al. 2016, "Seven ways to improve example-based single image super resolution"; Lim et
// al. 2017, EDSR).
#pragma once

#include <array>

#include "core/image/batch.h"

namespace limpid {

struct Flip {
  bool left_right = false;
  bool top_bottom = false;
};

// A mean is of the first 1, 2 or 4. The half turn is second: of two views it brings the most.
// Quarter turns would need the network prepared for another shape.
inline constexpr std::array<Flip, 4> view_flips = {
    {{false, false}, {true, true}, {true, false}, {false, true}}};

// Throws Error unless `views` is 1, 2 or 4.
void check_views(int views);

// What the view shows of a picture of that shape; `seen` is other memory.
void take_view(Flip flip, Shape shape, const float* picture, float* seen);
// Adds `share` of what is seen to the picture, turned back.
void add_view(Flip flip, Shape shape, const float* seen, float share, float* picture);

}  // namespace limpid
