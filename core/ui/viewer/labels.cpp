#include "core/ui/viewer/labels.h"

namespace limpid {

LabelPlaces place_labels(const Area& area, const Area& picture, float widest, float gap) {
  const bool fits = widest + 2 * gap <= picture.width() / 2;
  const Area& room = fits ? picture : area;
  return {{room.low.x + gap, room.low.y + gap}, {room.high.x - gap, room.low.y + gap}};
}

}  // namespace limpid
