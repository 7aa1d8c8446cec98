// Where the names of a split picture's two halves stand.
#pragma once

#include "core/ui/viewer/view.h"

namespace limpid {

struct LabelPlaces {
  Point left;   // the top left of the left half's name
  Point right;  // the top right of the right half's
};

// In the upper corners of the picture, `gap` from its edges; in those of the area where a name is
// wider than half of the picture, so that each stands on its own side. `picture`: what is seen of
// it in the area. `widest`: the width of the wider name.
LabelPlaces place_labels(const Area& area, const Area& picture, float widest, float gap);

}  // namespace limpid
